;; Answers with edits that rename a row behind the last one.
;; fails: returned nonsense: ... column rename-row, element 0: ... is out of range
;; edits: texts "key"
;; edits: rename-row rows
;; edits: rename-key texts
