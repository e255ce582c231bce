;; Gives up with a message of a mebibyte.
;; fails: trapped: aaaaaaaa
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (memory.fill (i32.const 0x100000) (i32.const 97) (i32.const 0x100000))
  (call $fail (i32.const 0x100000) (i32.const 0x100000))
  (i32.const 192))
(memory (export "memory") 64)
