;; Answers with edits that add two rows but have one key.
;; fails: returned nonsense: ... columns add-group and add-key differ in length
;; edits: add-group 0 0
;; edits: add-key 0
;; edits: add-kind bool bool
;; edits: add-value 0 1
