;; Writes log lines for ever.
;; fails: took too long: longer than 5ms
;; limits: deadline: 5ms
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (loop $on
    (call $log (i32.const 3) (i32.const 512) (i32.const 4))
    (br $on))
  unreachable)
