;; Calls an element of its table that was never set.
;; fails: trapped ... uninitialized element
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call_indirect $table (result i32) (i32.const 3)))
(table $table 10 funcref)
