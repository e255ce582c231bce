;; Asks for the same column a million times.
;; survives
(data (i32.const 132) "\00\00\20\00\40\42\0f\00") ;; columns: address and number
(memory (export "memory") 96)
