;; Answers with edits that remove the same row twice.
;; fails: returned nonsense: ... column remove-row: 0 is edited twice
;; edits: remove-row 0 0
