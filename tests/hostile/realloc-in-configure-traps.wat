;; Traps when the host asks it for memory for its configuration.
;; refused: configuring: it trapped ... wasm `unreachable` instruction executed
(func (export "cabi_realloc") (param i32 i32 i32) (param $len i32) (result i32) unreachable)
