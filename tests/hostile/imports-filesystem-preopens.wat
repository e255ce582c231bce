;; Asks for the folders that it may use.
;; refused: it imports wasi:filesystem/preopens@0.2.0; a plugin may import nothing but spansieve:policy/host@0.1.1
;; wit: package wasi:filesystem@0.2.0;
;; wit: interface preopens { resource descriptor; get-directories: func() -> list<tuple<descriptor, string>>; }
(import "wasi:filesystem/preopens@0.2.0" "get-directories" (func $directories (param i32)))
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (call $directories (i32.const 400))
  (i32.const 192))
