;; Never comes back from `save`.
;; survives
;; logs: was replaced ... fresh="saving: it took too long: longer than 100ms
;; limits: memory: 2560KiB, save: 100ms
;; It uses most of its memory from the start, so that its instance is replaced after a batch and its state moves to the next one.
(func (export "spansieve:policy/plugin@0.1.1#save") (result i32) (loop $on (br $on)) unreachable)
