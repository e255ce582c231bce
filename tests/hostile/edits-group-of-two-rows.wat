;; Answers with edits that create a group which is the value of two rows.
;; fails: returned nonsense: ... a new group is the value of two rows
;; edits: new-groups 1
;; edits: add-group 0 0
;; edits: add-key 0 0
;; edits: add-kind map map
;; edits: add-value groups groups
