;; Reads from files.
;; refused: it imports wasi:filesystem/types@0.2.0; a plugin may import nothing but spansieve:policy/host@0.1.1
;; wit: package wasi:filesystem@0.2.0;
;; wit: interface types {
;; wit:   enum error-code { access, io }
;; wit:   resource descriptor { read: func(length: u64, offset: u64) -> result<tuple<list<u8>, bool>, error-code>; }
;; wit: }
(import "wasi:filesystem/types@0.2.0" "[method]descriptor.read" (func $read (param i32 i64 i64 i32)))
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (call $read (i32.const 3) (i64.const 4096) (i64.const 0) (i32.const 400))
  (i32.const 192))
