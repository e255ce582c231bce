;; Writes a log line that looks like several, colours the terminal and moves its cursor.
;; survives
;; logs: INFO ... fine  ERROR root: all is lost
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (call $log (i32.const 2) (i32.const 600) (i32.const 57))
  (i32.const 192))
(data (i32.const 600) "fine\0d\0aERROR root: all is lost\00\1b[31m\1b[2Aredacted\c2\9b0m\7f.....")
