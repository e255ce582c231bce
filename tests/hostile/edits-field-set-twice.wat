;; Answers with edits that set the same field twice.
;; fails: returned nonsense: ... column field-index: 0 is edited twice
;; edits: field-code scope-version*2
;; edits: field-index 0 0
;; edits: field-value none none
