;; Counts under a name that is not UTF-8.
;; fails: trapped ... utf-8
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $count (i32.const 600) (i32.const 3) (i64.const 1))
  (i32.const 192))
(data (i32.const 600) "\ed\a0\80")
