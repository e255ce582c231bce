;; Answers with edits that rename a scope behind the last one.
;; fails: returned nonsense: ... column field-index, element 0: ... is out of range
;; edits: texts "name"
;; edits: field-code scope-name
;; edits: field-index scopes
;; edits: field-value texts
