;; Answers with edits whose directory has four billion columns.
;; fails: returned nonsense: ... a directory of 4294967295 columns does not fit
;; edits: drop-span 0
;; patch: 12 = 0xffffffff
