;; Has names of functions that look like lines of a log, which a backtrace would show.
;; fails: trapped ... wasm `unreachable` instruction executed
(func $"fine\0d\0aERROR \1b[31mroot: all is lost" (result i32) unreachable)
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (call $"fine\0d\0aERROR \1b[31mroot: all is lost"))
