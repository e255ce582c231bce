;; Answers with edits that rename a row to a text that they do not bring along.
;; fails: returned nonsense: ... column rename-key, element 0: ... is out of range
;; edits: texts "key"
;; edits: rename-row 0
;; edits: rename-key texts+1
