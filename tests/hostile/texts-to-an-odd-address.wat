;; Asks for the texts of the batch and has them written to an odd address.
;; fails: trapped ... pointer not aligned
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $texts (i32.const 401))
  (i32.const 192))
