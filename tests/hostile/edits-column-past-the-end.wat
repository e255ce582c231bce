;; Answers with edits of which a column starts behind their end.
;; fails: returned nonsense: ... column 125 at offset 4096
;; The entry of the first column is at 48: id, offset, length.
;; edits: drop-span 0
;; patch: 52 = 4096
