;; Reads behind the end of its memory.
;; fails: trapped ... out of bounds memory access
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (i32.load offset=0xffffffff (local.get $batch)))
