;; Answers with a list that lies behind the end of its memory.
;; fails: trapped ... list pointer/length out of bounds of memory
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $reply (i32.const 0x7fff0000) (i32.const 16)))
