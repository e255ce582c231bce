;; Answers with a list of -1 bytes, which are four gigabytes.
;; fails: trapped ... list pointer/length out of bounds of memory
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $reply (i32.const 1) (i32.const -1)))
