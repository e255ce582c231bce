;; Calls itself with a thousand parameters, so that a few calls exhaust the stack.
;; fails: trapped ... call stack exhausted
;; generate: a-thousand-parameters
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $wide_start))
