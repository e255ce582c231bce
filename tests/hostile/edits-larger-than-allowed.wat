;; Answers with honest edits that are larger than its limit allows.
;; fails: hit a limit: edits
;; weak: it is told as a trap, with words of the engine that name no limit
;; limits: edits: 64KiB
;; edits: texts "a"*100000
