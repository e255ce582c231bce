;; Answers its configuration with something that is neither ok nor an error.
;; refused: configuring: it trapped ... discriminant
(data (i32.const 128) "\07") ;; 0 is ok, 1 is an error
