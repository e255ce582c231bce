;; Measures time, which is how caches are spied upon.
;; refused: it imports wasi:clocks/monotonic-clock@0.2.0; a plugin may import nothing but spansieve:policy/host@0.1.1
;; wit: package wasi:clocks@0.2.0;
;; wit: interface monotonic-clock { now: func() -> u64; }
(import "wasi:clocks/monotonic-clock@0.2.0" "now" (func $now (result i64)))
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (drop (call $now))
  (i32.const 192))
