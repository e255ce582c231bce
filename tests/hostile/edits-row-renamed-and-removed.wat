;; Answers with edits that rename a row and remove it.
;; fails: returned nonsense: ... column rename-row: 0 is edited twice
;; edits: rename-row 0
;; edits: rename-key 0
;; edits: remove-row 0
