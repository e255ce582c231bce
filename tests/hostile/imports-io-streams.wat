;; Writes to a stream.
;; refused: it imports wasi:io/streams@0.2.0; a plugin may import nothing but spansieve:policy/host@0.1.1
;; wit: package wasi:io@0.2.0;
;; wit: interface streams { resource output-stream { write: func(contents: list<u8>) -> result; } }
(import "wasi:io/streams@0.2.0" "[method]output-stream.write" (func $write (param i32 i32 i32) (result i32)))
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (drop (call $write (i32.const 1) (i32.const 512) (i32.const 4)))
  (i32.const 192))
