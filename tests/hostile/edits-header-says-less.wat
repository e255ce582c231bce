;; Answers with edits whose header says that they end before their columns.
;; fails: returned nonsense: ... header says 48 bytes
;; edits: drop-span 0
;; patch: 16 = 48
