;; Traps on purpose, as a panic of most languages does.
;; fails: trapped ... wasm `unreachable` instruction executed
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  unreachable)
