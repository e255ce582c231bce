;; Speaks a layout version that does not exist.
;; refused: the plugin speaks layout version 2, this host version 1
;; The layout version stands at 88.
(data (i32.const 88) "\02")
