;; Refuses its configuration with a message that is not UTF-8.
;; refused: configuring: it trapped ... utf-8
(data (i32.const 128) "\01\00\00\00\58\02\00\00\02\00\00\00") ;; an error: address and length
(data (i32.const 600) "\ff\fe")
