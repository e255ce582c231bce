;; Has a name of four gigabytes.
;; refused: trapped ... out of bounds
(data (i32.const 68) "\ff\ff\ff\ff") ;; its length
