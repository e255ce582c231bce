;; Answers with edits of which a column is longer than what is left.
;; fails: returned nonsense: ... column 125 at offset 64, length 12
;; The entry of the first column is at 48: id, offset, length.
;; edits: drop-span 0
;; patch: 56 = 12
