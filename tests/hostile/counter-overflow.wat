;; Counts the largest number twice, and by nothing.
;; survives
;; counts: test = 18446744073709551615
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $count (i32.const 512) (i32.const 4) (i64.const -1))
  (call $count (i32.const 512) (i32.const 4) (i64.const -1))
  (call $count (i32.const 512) (i32.const 4) (i64.const 0))
  (i32.const 192))
