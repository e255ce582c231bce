;; Divides by zero.
;; fails: trapped ... integer divide by zero
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (i32.rem_u (local.get $len) (i32.const 0)))
