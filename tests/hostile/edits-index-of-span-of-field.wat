;; Answers with edits that rename a span behind the last one.
;; fails: returned nonsense: ... column field-index, element 0: ... is out of range
;; edits: texts "name"
;; edits: field-code span-name
;; edits: field-index spans
;; edits: field-value texts
