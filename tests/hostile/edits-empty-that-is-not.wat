;; Answers with edits that set a value to nothing, but not quite.
;; fails: returned nonsense: ... column set-value, element 0: 1 is out of range, expected less than 1
;; edits: set-row 0
;; edits: set-kind empty
;; edits: set-value 1
