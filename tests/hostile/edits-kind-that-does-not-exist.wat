;; Answers with edits that set a value to a kind which does not exist.
;; fails: returned nonsense: ... column set-kind, element 0: no such code as 8
;; edits: set-row 0
;; edits: set-kind 8
;; edits: set-value 0
