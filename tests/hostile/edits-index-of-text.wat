;; Answers with edits that set a value to a text behind those that they bring along.
;; fails: returned nonsense: ... column set-value, element 0: ... is out of range
;; edits: texts "value"
;; edits: set-row 0
;; edits: set-kind str
;; edits: set-value texts+1
