;; Answers with edits that are cut in the middle of their header.
;; fails: returned nonsense: 20 bytes are no blob
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $reply (i32.const 600) (i32.const 20)))
(data (i32.const 600) "SSVE\01\00")
