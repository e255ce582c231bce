;; Divides the smallest number by -1, which has no result.
;; fails: trapped ... integer overflow
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (i32.div_s (i32.const 0x80000000) (i32.const -1)))
