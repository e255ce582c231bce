;; Asks for columns that do not exist.
;; survives
;; They may belong to a newer layout.
(data (i32.const 132) "\58\02\00\00\03\00\00\00") ;; columns: address and number
(data (i32.const 600) "\63\00\00\00\00\00\00\00\ff\ff\ff\ff")
