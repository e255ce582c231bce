;; Waits for something that may never happen.
;; refused: it imports wasi:io/poll@0.2.0; a plugin may import nothing but spansieve:policy/host@0.1.1
;; wit: package wasi:io@0.2.0;
;; wit: interface poll { resource pollable { block: func(); } }
(import "wasi:io/poll@0.2.0" "[method]pollable.block" (func $block (param i32)))
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (call $block (i32.const 3))
  (i32.const 192))
