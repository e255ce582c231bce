;; Answers with edits that add a value of a kind which does not exist.
;; fails: returned nonsense: ... column add-kind, element 0: no such code as 255
;; edits: add-group 0
;; edits: add-key 0
;; edits: add-kind 255
;; edits: add-value 0
