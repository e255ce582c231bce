;; Asks for columns that stand at an odd address.
;; refused: configuring: it trapped ... list pointer is not aligned
(data (i32.const 132) "\59\02\00\00\01\00\00\00") ;; columns: address and number
