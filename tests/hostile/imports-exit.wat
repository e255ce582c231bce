;; Ends the process.
;; refused: it imports wasi:cli/exit@0.2.0; a plugin may import nothing but spansieve:policy/host@0.1.1
;; wit: package wasi:cli@0.2.0;
;; wit: interface exit { exit: func(status: result); }
(import "wasi:cli/exit@0.2.0" "exit" (func $exit (param i32)))
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (call $exit (i32.const 1))
  (i32.const 192))
