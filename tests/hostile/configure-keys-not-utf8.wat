;; Declares an attribute key that is not UTF-8.
;; refused: configuring: it trapped ... utf-8
(data (i32.const 140) "\58\02\00\00\01\00\00\00") ;; keys: address and number
(data (i32.const 600) "\60\02\00\00\02\00\00\00\ff\fe")
