;; Answers with edits that add an element to an array with a key.
;; fails: returned nonsense: ... an element of an array has a key
;; edits: new-groups 1
;; edits: add-group 0 groups
;; edits: add-key 0 0
;; edits: add-kind array bool
;; edits: add-value groups 1
