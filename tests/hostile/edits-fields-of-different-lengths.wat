;; Answers with edits that set two fields to one value.
;; fails: returned nonsense: ... columns field-code and field-value differ in length
;; edits: field-code span-kind span-kind
;; edits: field-index 0 0
;; edits: field-value 1
