;; Answers with edits that add an attribute without a key.
;; fails: returned nonsense: ... column add-key, element 0: 4294967295 is out of range
;; edits: add-group 0
;; edits: add-key none
;; edits: add-kind bool
;; edits: add-value 1
