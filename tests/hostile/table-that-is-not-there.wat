;; Asks for tables that it was not given, under names good and bad.
;; survives
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $table (i32.const 512) (i32.const 4) (i32.const 400))
  (if (i32.load8_u (i32.const 400)) (then unreachable))
  (call $table (i32.const 512) (i32.const 0) (i32.const 400))
  (if (i32.load8_u (i32.const 400)) (then unreachable))
  (memory.fill (i32.const 0x100000) (i32.const 46) (i32.const 0x100000))
  (call $table (i32.const 0x100000) (i32.const 0x100000) (i32.const 400))
  (if (i32.load8_u (i32.const 400)) (then unreachable))
  (i32.const 192))
(memory (export "memory") 64)
