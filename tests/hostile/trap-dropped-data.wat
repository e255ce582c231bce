;; Copies from data that it has dropped.
;; fails: trapped ... out of bounds memory access
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (data.drop $data)
  (memory.init $data (i32.const 0) (i32.const 0) (i32.const 1))
  (i32.const 192))
(data $data "data")
