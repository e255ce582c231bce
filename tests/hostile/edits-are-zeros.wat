;; Answers with a hundred thousand zeros.
;; fails: returned nonsense: expected the magic "SSVE"
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $reply (i32.const 0x20000) (i32.const 100000)))
