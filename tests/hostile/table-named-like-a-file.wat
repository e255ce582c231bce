;; Asks for tables by paths of files.
;; survives
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $table (i32.const 600) (i32.const 11) (i32.const 400))
  (if (i32.load8_u (i32.const 400)) (then unreachable))
  (call $table (i32.const 620) (i32.const 16) (i32.const 400))
  (if (i32.load8_u (i32.const 400)) (then unreachable))
  (i32.const 192))
(data (i32.const 600) "/etc/passwd")
(data (i32.const 620) "file:policy.yaml")
