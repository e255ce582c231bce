;; Declares a million attribute keys.
;; refused: it declares 1000000 attribute keys
(data (i32.const 140) "\00\00\20\00\40\42\0f\00") ;; keys: address and number
(memory (export "memory") 192)
