;; Answers with edits that take the name of a scope away.
;; fails: returned nonsense: ... column field-value, element 0: 4294967295 is out of range
;; edits: field-code scope-name
;; edits: field-index 0
;; edits: field-value none
