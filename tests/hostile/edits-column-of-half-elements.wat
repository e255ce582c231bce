;; Answers with edits of which a column ends in the middle of an element.
;; fails: returned nonsense: ... column drop-span has 3 bytes, not a multiple of 4
;; The entry of the first column is at 48: id, offset, length.
;; edits: drop-span 0
;; patch: 56 = 3
