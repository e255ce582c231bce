;; Asks for a seed, as some languages do for their hash tables.
;; refused: it imports wasi:random/insecure-seed@0.2.0; a plugin may import nothing but spansieve:policy/host@0.1.1
;; wit: package wasi:random@0.2.0;
;; wit: interface insecure-seed { insecure-seed: func() -> tuple<u64, u64>; }
(import "wasi:random/insecure-seed@0.2.0" "insecure-seed" (func $seed (param i32)))
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (call $seed (i32.const 400))
  (i32.const 192))
