;; Answers with edits of which a column does not start at a multiple of eight.
;; fails: returned nonsense: ... column 125 at offset 68, length 4, does not lie on a multiple of 8
;; The entry of the first column is at 48: id, offset, length.
;; edits: drop-span 0 0
;; patch: 52 = 68
;; patch: 56 = 4
