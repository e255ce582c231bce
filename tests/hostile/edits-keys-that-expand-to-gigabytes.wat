;; Answers with edits that add five thousand rows with one long key.
;; fails: returned nonsense: ... the edits stand for 5000 MiB of text
;; edits: texts "a"*1048576
;; edits: add-group 0*5000
;; edits: add-key texts*5000
;; edits: add-kind bool*5000
;; edits: add-value 1*5000
