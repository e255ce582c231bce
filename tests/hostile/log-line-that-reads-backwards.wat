;; Writes a log line with characters that reorder, hide and break text without being control characters.
;; survives
;; logs: INFO ... fine ERROR  tsol
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $log (i32.const 2) (i32.const 600) (i32.const 24))
  (i32.const 192))
(data (i32.const 600) "fine\e2\80\a8ERROR \e2\80\aetsol\e2\81\a9.")
