;; Answers with edits that create a group which is the value of nothing.
;; fails: returned nonsense: ... column new-groups, element 1: a new group is the value of no row
;; edits: new-groups 2
;; edits: add-group 0 groups
;; edits: add-key 0 0
;; edits: add-kind map bool
;; edits: add-value groups 1
