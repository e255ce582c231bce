;; Counts under a name with a newline, which looks like another counter where counters are written down.
;; survives
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $count (i32.const 600) (i32.const 14) (i64.const 1))
  (i32.const 192))
(data (i32.const 600) "a 1\0aspans_lost")
