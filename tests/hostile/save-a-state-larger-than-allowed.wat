;; Saves a state that is larger than its limit allows.
;; survives
;; logs: was replaced ... fresh="saving: it
;; limits: memory: 2560KiB, save: 10s, edits: 64KiB
;; It uses most of its memory from the start, so that its instance is replaced after a batch and its state moves to the next one.
(data (i32.const 256) "\00\02\00\00\00\00\10\00") ;; a mebibyte
