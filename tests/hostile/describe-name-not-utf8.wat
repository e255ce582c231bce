;; Has a name that is not UTF-8.
;; refused: trapped ... utf-8
(data (i32.const 512) "\ff\fe")
