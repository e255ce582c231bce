;; Asks for random numbers.
;; refused: it imports wasi:random/random@0.2.0; a plugin may import nothing but spansieve:policy/host@0.1.1
;; wit: package wasi:random@0.2.0;
;; wit: interface random { get-random-u64: func() -> u64; }
(import "wasi:random/random@0.2.0" "get-random-u64" (func $random (result i64)))
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (drop (call $random))
  (i32.const 192))
