;; Has data that belong where it has no memory.
;; refused: trapped ... out of bounds memory access
(data (i32.const -8) "too far away")
