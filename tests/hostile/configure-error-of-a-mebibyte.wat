;; Refuses its configuration with a message of a mebibyte.
;; refused: config: aaaaaaaa
(data (i32.const 128) "\01\00\00\00\00\00\20\00\00\00\10\00") ;; an error: address and length
(memory (export "memory") 64)
(func $start (memory.fill (i32.const 0x200000) (i32.const 97) (i32.const 0x100000)))
(start $start)
