;; Refuses its state with a message that looks like several, and colours the terminal.
;; survives
;; logs: was replaced ... fresh="fine  ERROR root: all is lost
;; limits: memory: 2560KiB, save: 10s
;; It uses most of its memory from the start, so that its instance is replaced after a batch and its state moves to the next one.
(data (i32.const 256) "\00\02\00\00\04\00\00\00") ;; a state of four bytes
(data (i32.const 320) "\01\00\00\00\58\02\00\00\24\00\00\00") ;; an error: address and length
(data (i32.const 600) "fine\0d\0aERROR root: all is lost\1b[31m.")
