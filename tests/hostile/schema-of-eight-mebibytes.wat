;; Has a schema of eight mebibytes, most of them one text.
;; survives
;; config: {}
(data (i32.const 92) "\00\00\20\00\00\00\80\00") ;; schema: address and length
(memory (export "memory") 192)
(data (i32.const 0x200000) "{\"title\": \"")
(func $start
  (memory.fill (i32.const 0x20000b) (i32.const 97) (i32.const 0x7ffff3))
  (i32.store16 (i32.const 0x9ffffe) (i32.const 0x7d22)))
(start $start)
