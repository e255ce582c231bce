;; Gives up with a message that is not UTF-8.
;; fails: trapped ... utf-8
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $fail (i32.const 600) (i32.const 4))
  (i32.const 192))
(data (i32.const 600) "no\ff\fe")
