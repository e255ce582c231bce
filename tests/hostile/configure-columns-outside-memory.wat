;; Asks for more columns than its memory has room for.
;; refused: configuring: it trapped ... out of bounds
(data (i32.const 132) "\08\00\00\00\00\00\00\20") ;; columns: address and number
