;; Answers with edits that drop the same span twice.
;; fails: returned nonsense: ... column drop-span: 0 is edited twice
;; edits: drop-span 0 0
