;; Answers with edits that set a row and remove it.
;; fails: returned nonsense: ... column remove-row: 0 is edited twice
;; edits: set-row 0
;; edits: set-kind empty
;; edits: set-value 0
;; edits: remove-row 0
