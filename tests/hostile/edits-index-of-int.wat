;; Answers with edits that set a value to an integer that they do not bring along.
;; fails: returned nonsense: ... column set-value, element 0: ... is out of range
;; edits: ints 5
;; edits: set-row 0
;; edits: set-kind int
;; edits: set-value ints+1
