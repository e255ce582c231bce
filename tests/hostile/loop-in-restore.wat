;; Never comes back from `restore`.
;; survives
;; logs: was replaced ... fresh="it took too long: longer than 100ms
;; limits: memory: 2560KiB, save: 100ms
;; It uses most of its memory from the start, so that its instance is replaced after a batch and its state moves to the next one.
(data (i32.const 256) "\00\02\00\00\04\00\00\00") ;; a state of four bytes
(func (export "spansieve:policy/plugin@0.1.1#restore") (param i32 i32) (result i32) (loop $on (br $on)) unreachable)
