;; Declares the same attribute key twice, and an empty one.
;; survives
(data (i32.const 140) "\58\02\00\00\03\00\00\00") ;; keys: address and number
(data (i32.const 600) "\00\02\00\00\04\00\00\00\00\02\00\00\04\00\00\00\00\00\00\00\00\00\00\00")
