;; Has a schema that opens a million arrays and closes none.
;; refused: the plugin's schema is not JSON
(data (i32.const 92) "\00\00\10\00\40\42\0f\00") ;; schema: address and length
(memory (export "memory") 64)
(func $start (memory.fill (i32.const 0x100000) (i32.const 0x5b) (i32.const 1000000)))
(start $start)
