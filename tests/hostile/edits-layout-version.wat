;; Answers with edits of a layout version that does not exist.
;; fails: returned nonsense: ... layout version 2
;; edits: drop-span 0
;; patch: 4 = 2
