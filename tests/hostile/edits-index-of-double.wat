;; Answers with edits that set a value to a double that they do not bring along.
;; fails: returned nonsense: ... column set-value, element 0: ... is out of range
;; edits: set-row 0
;; edits: set-kind double
;; edits: set-value doubles
