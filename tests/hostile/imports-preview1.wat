;; Imports WASI as core modules did before there were components.
;; refused: not a component: ... missing module instantiation argument named `wasi_snapshot_preview1`
;; The tool that makes components of modules refuses such a module too.
(component
  (core module $module
    (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1))
  (core instance (instantiate $module)))
