;; Answers with edits that set the schema URL of a resource behind the last one.
;; fails: returned nonsense: ... column field-index, element 0: ... is out of range
;; edits: field-code resource-schema-url
;; edits: field-index resources
;; edits: field-value none
