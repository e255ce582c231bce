;; Answers with edits that create four billion groups.
;; fails: returned nonsense: ... column new-groups, element 0: 4294967295 is out of range
;; edits: new-groups none
;; edits: add-group 0
;; edits: add-key 0
;; edits: add-kind map
;; edits: add-value groups
