;; Answers with edits of which a column has a length that is no number, as a float.
;; fails: returned nonsense: ... column 125 at offset 64, length 2143289344
;; The entry of the first column is at 48: id, offset, length.
;; edits: drop-span 0
;; patch: 56 = 0x7fc00000
