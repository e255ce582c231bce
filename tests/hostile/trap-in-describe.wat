;; Traps in `describe`.
;; refused: trapped ... wasm `unreachable` instruction executed
(func (export "spansieve:policy/plugin@0.1.1#describe") (result i32) unreachable)
