;; Answers with edits of which a map is a group that the batch has already.
;; fails: returned nonsense: ... the value of an array or map is not a new group
;; edits: set-row 0
;; edits: set-kind map
;; edits: set-value 0
