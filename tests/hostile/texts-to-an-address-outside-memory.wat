;; Asks for the texts of the batch and has them written behind the end of its memory.
;; fails: trapped ... pointer out of bounds
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $texts (i32.const -16))
  (i32.const 192))
