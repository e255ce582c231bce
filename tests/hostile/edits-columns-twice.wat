;; Answers with edits that have the same column twice.
;; fails: returned nonsense: ... column id 125 is not greater
;; The entries of the columns are at 48 and 60: id, offset, length.
;; edits: drop-span 0
;; edits: keep-span 1
;; patch: 60 = 125
