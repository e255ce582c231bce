;; Traps in `restore`.
;; survives
;; logs: was replaced ... fresh="it trapped: wasm trap: wasm `unreachable` instruction executed
;; limits: memory: 2560KiB, save: 10s
;; It uses most of its memory from the start, so that its instance is replaced after a batch and its state moves to the next one.
(data (i32.const 256) "\00\02\00\00\04\00\00\00") ;; a state of four bytes
(func (export "spansieve:policy/plugin@0.1.1#restore") (param i32 i32) (result i32) unreachable)
