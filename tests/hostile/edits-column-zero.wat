;; Answers with edits that have a column with the id 0.
;; fails: returned nonsense: ... column id 0 is not greater
;; The entry of the first column is at 48: id, offset, length.
;; edits: drop-span 0
;; patch: 48 = 0
