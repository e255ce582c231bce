;; Reads behind the end of its table.
;; fails: trapped ... out of bounds table access
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (ref.is_null (table.get $table (i32.const 10))))
(table $table 10 funcref)
