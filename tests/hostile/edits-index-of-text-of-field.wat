;; Answers with edits that rename a scope to a text that they do not bring along.
;; fails: returned nonsense: ... column field-value, element 0: ... is out of range
;; edits: field-code scope-name
;; edits: field-index 0
;; edits: field-value texts
