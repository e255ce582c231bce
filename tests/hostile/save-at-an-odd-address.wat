;; Says at an odd address where its state lies.
;; survives
;; logs: was replaced ... fresh="saving: it trapped: return pointer not aligned
;; limits: memory: 2560KiB, save: 10s
;; It uses most of its memory from the start, so that its instance is replaced after a batch and its state moves to the next one.
(func (export "spansieve:policy/plugin@0.1.1#save") (result i32) (i32.const 257))
