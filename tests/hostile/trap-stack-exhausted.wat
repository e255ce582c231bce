;; Calls itself until there is no stack left.
;; fails: trapped ... call stack exhausted
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $deeper (i32.const 0)))
(func $deeper (param i32) (result i32)
  (i32.add (i32.const 1) (call $deeper (i32.add (i32.const 1) (local.get 0)))))
