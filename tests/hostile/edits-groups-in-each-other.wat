;; Answers with edits that create two maps which contain each other, the first of which is an attribute.
;; fails: returned nonsense: ... a new group is the value of two rows
;; edits: new-groups 2
;; edits: add-group 0 groups groups+1
;; edits: add-key 0*3
;; edits: add-kind map*3
;; edits: add-value groups groups+1 groups
