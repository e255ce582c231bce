;; Answers with edits that say twice how many groups they create.
;; fails: returned nonsense: ... column new-groups, element 1
;; edits: new-groups 1 1
;; edits: add-group 0
;; edits: add-key 0
;; edits: add-kind map
;; edits: add-value groups
