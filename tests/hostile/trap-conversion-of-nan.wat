;; Converts something that is no number to an integer.
;; fails: trapped ... invalid conversion to integer
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (i32.trunc_f64_s (f64.const nan)))
