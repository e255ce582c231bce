;; Traps when the host is done with its answer.
;; fails: trapped ... wasm `unreachable` instruction executed
(func (export "cabi_post_spansieve:policy/plugin@0.1.1#process") (param i32) unreachable)
