;; Reads the environment of the process, where secrets are.
;; refused: it imports wasi:cli/environment@0.2.0; a plugin may import nothing but spansieve:policy/host@0.1.1
;; wit: package wasi:cli@0.2.0;
;; wit: interface environment { get-environment: func() -> list<tuple<string, string>>; }
(import "wasi:cli/environment@0.2.0" "get-environment" (func $environment (param i32)))
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (call $environment (i32.const 400))
  (i32.const 192))
