;; Answers with edits that name one long text five thousand times.
;; fails: returned nonsense: ... the edits stand for 5000 MiB of text
;; edits: texts "a"*1048576
;; edits: add-group 0*5000
;; edits: add-key 0*5000
;; edits: add-kind str*5000
;; edits: add-value texts*5000
