;; Answers with edits that create a map which contains itself and nothing else does.
;; fails: returned nonsense: ... a row names a group that is not above its own
;; edits: new-groups 1
;; edits: add-group groups
;; edits: add-key 0
;; edits: add-kind map
;; edits: add-value groups
