;; Answers with edits whose header says that they are longer than they are.
;; fails: returned nonsense: ... header says 4096 bytes
;; edits: drop-span 0
;; patch: 16 = 4096
