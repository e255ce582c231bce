;; Answers with edits that set a value to a boolean of 2.
;; fails: returned nonsense: ... column set-value, element 0: 2 is out of range, expected less than 2
;; edits: set-row 0
;; edits: set-kind bool
;; edits: set-value 2
