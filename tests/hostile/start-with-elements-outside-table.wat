;; Has elements that belong behind the end of its table.
;; refused: trapped ... out of bounds table access
(table $table 1 funcref)
(func $function)
(elem (table $table) (i32.const 1) funcref (ref.func $function))
