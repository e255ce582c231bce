;; Grows its memory by nothing for ever.
;; fails: took too long: longer than 5ms
;; limits: deadline: 5ms
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (loop $on
    (drop (memory.grow (i32.const 0)))
    (br $on))
  unreachable)
