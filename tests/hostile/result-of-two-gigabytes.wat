;; Answers with a list of two gigabytes.
;; fails: trapped ... list pointer/length out of bounds of memory
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $reply (i32.const 0) (i32.const 0x80000000)))
