;; Grows its memory without end while it is configured.
;; refused: configuring: it hit a limit: memory
;; limits: memory: 4MiB
(func (export "spansieve:policy/plugin@0.1.1#configure") (param i32 i32) (result i32)
  (loop $more
    (br_if $more (i32.ne (i32.const -1) (memory.grow (i32.const 1)))))
  unreachable)
