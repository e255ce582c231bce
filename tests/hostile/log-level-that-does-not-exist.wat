;; Writes a log line with a level that does not exist.
;; fails: trapped ... discriminant
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $log (i32.const 9) (i32.const 512) (i32.const 4))
  (i32.const 192))
