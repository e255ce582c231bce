;; Refuses its configuration with a message that looks like several, and colours the terminal.
;; refused: config: fine  ERROR root: all is lost
(data (i32.const 128) "\01\00\00\00\58\02\00\00\24\00\00\00") ;; an error: address and length
(data (i32.const 600) "fine\0d\0aERROR root: all is lost\1b[31m.")
