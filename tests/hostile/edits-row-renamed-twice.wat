;; Answers with edits that rename the same row twice.
;; fails: returned nonsense: ... column rename-row: 0 is edited twice
;; edits: rename-row 0 0
;; edits: rename-key 0 0
