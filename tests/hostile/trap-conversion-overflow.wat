;; Converts a number to an integer that is too small for it.
;; fails: trapped ... integer overflow
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (i32.trunc_f32_u (f32.const 1e30)))
