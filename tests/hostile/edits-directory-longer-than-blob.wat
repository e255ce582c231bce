;; Answers with edits whose directory is a little longer than they are.
;; fails: returned nonsense: ... a directory of 4 columns does not fit
;; edits: drop-span 0
;; patch: 12 = 4
