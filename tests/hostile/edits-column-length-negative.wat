;; Answers with edits of which a column has a length of -4.
;; fails: returned nonsense: ... column 125 at offset 64, length 4294967292
;; The entry of the first column is at 48: id, offset, length.
;; edits: drop-span 0
;; patch: 56 = 0xfffffffc
