;; Traps in `configure`.
;; refused: configuring: it trapped ... wasm `unreachable` instruction executed
(func (export "spansieve:policy/plugin@0.1.1#configure") (param i32 i32) (result i32) unreachable)
