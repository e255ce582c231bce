;; Copies four gigabytes, which it does not have.
;; fails: trapped ... out of bounds memory access
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (memory.copy (i32.const 0) (local.get $batch) (i32.const -1))
  (i32.const 192))
