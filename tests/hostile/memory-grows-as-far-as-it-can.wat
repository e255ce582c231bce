;; Takes all memory that it can get, and goes on.
;; survives
;; limits: memory: 4MiB
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (loop $more
    (br_if $more (i32.ne (i32.const -1) (memory.grow (i32.const 1)))))
  (i32.const 192))
