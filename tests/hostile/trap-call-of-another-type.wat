;; Calls a function as if it had another type.
;; fails: trapped ... indirect call type mismatch
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call_indirect $table (result i32) (i32.const 0)))
(table $table funcref (elem $function))
(func $function (param i64))
