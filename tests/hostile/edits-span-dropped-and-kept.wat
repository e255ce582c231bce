;; Answers with edits that drop a span and keep it.
;; fails: returned nonsense: ... column keep-span: 0 is edited twice
;; edits: drop-span 0
;; edits: keep-span 0
