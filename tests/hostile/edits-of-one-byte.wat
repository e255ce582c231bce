;; Answers with one byte.
;; fails: returned nonsense: 1 bytes are no blob
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $reply (i32.const 600) (i32.const 1)))
(data (i32.const 600) "S")
