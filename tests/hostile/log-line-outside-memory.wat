;; Writes a log line that lies outside its memory.
;; fails: trapped ... string pointer/length out of bounds
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $log (i32.const 0) (i32.const -8) (i32.const 4))
  (i32.const 192))
