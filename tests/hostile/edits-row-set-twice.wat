;; Answers with edits that set the same row twice.
;; fails: returned nonsense: ... column set-row: 0 is edited twice
;; edits: set-row 0 0
;; edits: set-kind empty empty
;; edits: set-value 0 0
