;; Grows its memory until it gets no more, and gives up then.
;; fails: hit a limit: memory
;; limits: memory: 4MiB
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (loop $more
    (br_if $more (i32.ne (i32.const -1) (memory.grow (i32.const 16)))))
  unreachable)
