;; Writes to the standard output of the process.
;; refused: it imports wasi:cli/stdout@0.2.0; a plugin may import nothing but spansieve:policy/host@0.1.1
;; wit: package wasi:cli@0.2.0;
;; wit: interface stdout { resource output-stream; get-stdout: func() -> output-stream; }
(import "wasi:cli/stdout@0.2.0" "get-stdout" (func $stdout (result i32)))
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (drop (call $stdout))
  (i32.const 192))
