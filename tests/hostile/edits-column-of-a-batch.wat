;; Answers with edits that have a column which only batches have.
;; fails: returned nonsense: ... unknown column 25
;; edits: span-name 0
