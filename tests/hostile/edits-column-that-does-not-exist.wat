;; Answers with edits that have a column that this version does not know.
;; fails: returned nonsense: ... unknown column 99
;; The entry of the first column is at 48: id, offset, length.
;; edits: drop-span 0
;; patch: 48 = 99
