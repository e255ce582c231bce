;; Answers a state with something that is neither ok nor an error.
;; survives
;; logs: was replaced ... fresh="it trapped: invalid expected discriminant
;; limits: memory: 2560KiB, save: 10s
;; It uses most of its memory from the start, so that its instance is replaced after a batch and its state moves to the next one.
(data (i32.const 256) "\00\02\00\00\04\00\00\00") ;; a state of four bytes
(data (i32.const 320) "\07") ;; 0 is ok, 1 is an error
