;; Asks for spans in a grouping that does not exist.
;; refused: configuring: it trapped ... discriminant
(data (i32.const 148) "\07") ;; grouping
