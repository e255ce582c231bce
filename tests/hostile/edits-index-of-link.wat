;; Answers with edits that set the tracestate of a link which does not exist.
;; fails: returned nonsense: ... column field-index, element 0: ... is out of range
;; edits: field-code link-tracestate
;; edits: field-index 1000000
;; edits: field-value none
