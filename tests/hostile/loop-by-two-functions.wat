;; Loops without a loop: two functions call each other through a table in tail position.
;; fails: took too long: longer than 5ms
;; limits: deadline: 5ms
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (return_call_indirect $table (result i32) (i32.const 0)))
(table $table funcref (elem $ping $pong))
(func $ping (result i32) (return_call_indirect $table (result i32) (i32.const 1)))
(func $pong (result i32) (return_call_indirect $table (result i32) (i32.const 0)))
