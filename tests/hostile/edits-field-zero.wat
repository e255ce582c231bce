;; Answers with edits that set a field of which the code was forgotten.
;; fails: returned nonsense: ... column field-code, element 0: no such code as 0
;; edits: field-code 0
;; edits: field-index 0
;; edits: field-value none
