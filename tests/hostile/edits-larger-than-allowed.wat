;; Answers with honest edits that are larger than its limit allows.
;; fails: hit a limit: edits
;; limits: edits: 64KiB
;; edits: texts "a"*100000
