;; Answers with edits that set a field which does not exist.
;; fails: returned nonsense: ... column field-code, element 0: no such code as 12
;; edits: field-code 12
;; edits: field-index 0
;; edits: field-value none
