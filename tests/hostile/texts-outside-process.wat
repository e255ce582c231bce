;; Asks for texts while there is no batch.
;; survives
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (i32.const 192))
(func (export "spansieve:policy/plugin@0.1.1#configure") (param i32 i32) (result i32)
  (call $texts (i32.const 400))
  ;; There are none.
  (if (i32.load (i32.const 404)) (then unreachable))
  (i32.const 128))
