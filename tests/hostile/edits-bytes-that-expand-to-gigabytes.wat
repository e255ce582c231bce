;; Answers with edits that name one long byte string five thousand times.
;; fails: returned nonsense: ... the edits stand for 5000 MiB of text
;; edits: bytes "a"*1048576
;; edits: add-group 0*5000
;; edits: add-key 0*5000
;; edits: add-kind bytes*5000
;; edits: add-value byte-strings*5000
