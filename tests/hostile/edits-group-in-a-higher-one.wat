;; Answers with edits of which a map stands in a map with a higher number.
;; fails: returned nonsense: ... column add-value, element 1: a row names a group that is not above its own
;; edits: new-groups 2
;; edits: add-group 0 groups+1
;; edits: add-key 0*2
;; edits: add-kind map*2
;; edits: add-value groups+1 groups
