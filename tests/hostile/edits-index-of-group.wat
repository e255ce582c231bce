;; Answers with edits that add a row to a group behind the last one.
;; fails: returned nonsense: ... column add-group, element 0: ... is out of range
;; edits: texts "key"
;; edits: add-group groups
;; edits: add-key texts
;; edits: add-kind bool
;; edits: add-value 1
