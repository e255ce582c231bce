;; Writes across the end of its memory.
;; fails: trapped ... out of bounds memory access
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (i64.store (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 4)) (i64.const 0))
  (i32.const 192))
