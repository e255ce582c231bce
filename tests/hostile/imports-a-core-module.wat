;; Imports a core module instead of an interface, so that whoever runs it brings the code along.
;; refused: it imports wasi-snapshot-preview1; a plugin may import nothing but spansieve:policy/host@0.1.1
(component
  (import "wasi-snapshot-preview1" (core module (export "fd_write" (func (param i32 i32 i32 i32) (result i32))))))
