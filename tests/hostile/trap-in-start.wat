;; Traps as soon as it is instantiated.
;; refused: trapped ... wasm `unreachable` instruction executed
(func $start unreachable)
(start $start)
