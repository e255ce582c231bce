;; Answers with edits of which a column lies in the header.
;; fails: returned nonsense: ... column 125 at offset 0
;; The entry of the first column is at 48: id, offset, length.
;; edits: drop-span 0
;; patch: 52 = 0
