;; Has a version that looks like several lines of a log.
;; survives
(data (i32.const 76) "\17") ;; its length
(data (i32.const 520) "1\0d\0aERROR \1b[31mall lost")
