;; Saves a state that lies outside its memory.
;; survives
;; logs: was replaced ... fresh="saving: it trapped: list pointer/length out of bounds of memory
;; limits: memory: 2560KiB, save: 10s
;; It uses most of its memory from the start, so that its instance is replaced after a batch and its state moves to the next one.
(data (i32.const 256) "\00\00\00\f0\00\00\00\0f") ;; address and length
