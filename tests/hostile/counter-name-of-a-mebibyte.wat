;; Counts under a name of a mebibyte.
;; survives
;; counts: test = 1
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (memory.fill (i32.const 0x100000) (i32.const 97) (i32.const 0x100000))
  (call $count (i32.const 0x100000) (i32.const 0x100000) (i64.const 1))
  (call $count (i32.const 512) (i32.const 4) (i64.const 1))
  (i32.const 192))
(memory (export "memory") 64)
