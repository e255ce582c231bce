;; Answers with edits that rename an event behind the last one.
;; fails: returned nonsense: ... column field-index, element 0: ... is out of range
;; edits: texts "name"
;; edits: field-code event-name
;; edits: field-index events
;; edits: field-value texts
