;; Answers with edits that set a row behind the last one.
;; fails: returned nonsense: ... column set-row, element 1: ... is out of range
;; edits: set-row 0 rows
;; edits: set-kind empty empty
;; edits: set-value 0 0
