;; Looks at the clock.
;; refused: it imports wasi:clocks/wall-clock@0.2.0; a plugin may import nothing but spansieve:policy/host@0.1.1
;; wit: package wasi:clocks@0.2.0;
;; wit: interface wall-clock { record datetime { seconds: u64, nanoseconds: u32 } now: func() -> datetime; }
(import "wasi:clocks/wall-clock@0.2.0" "now" (func $now (param i32)))
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (call $now (i32.const 400))
  (i32.const 192))
