;; Answers with edits that create two maps which contain each other and are in nothing else.
;; fails: returned nonsense: ... no row of a lower group has this new group as its value
;; edits: new-groups 2
;; edits: add-group groups groups+1
;; edits: add-key 0*2
;; edits: add-kind map*2
;; edits: add-value groups+1 groups
