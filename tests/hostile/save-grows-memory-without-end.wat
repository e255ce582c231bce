;; Grows its memory without end where it is to save its state.
;; survives
;; logs: was replaced ... fresh="saving: it hit a limit: memory
;; limits: memory: 2560KiB, save: 10s
;; It uses most of its memory from the start, so that its instance is replaced after a batch and its state moves to the next one.
(func (export "spansieve:policy/plugin@0.1.1#save") (result i32)
  (loop $more
    (br_if $more (i32.ne (i32.const -1) (memory.grow (i32.const 1)))))
  unreachable)
