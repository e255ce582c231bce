;; Refuses its state with a message of a mebibyte.
;; survives
;; logs: was replaced ... fresh="aaaaaaaa
;; limits: memory: 2560KiB, save: 10s
;; It uses most of its memory from the start, so that its instance is replaced after a batch and its state moves to the next one.
(data (i32.const 256) "\00\02\00\00\04\00\00\00") ;; a state of four bytes
(data (i32.const 320) "\01\00\00\00\00\00\10\00\00\00\10\00") ;; an error: address and length
(func (export "spansieve:policy/plugin@0.1.1#restore") (param i32 i32) (result i32)
  (memory.fill (i32.const 0x100000) (i32.const 97) (i32.const 0x100000))
  (i32.const 320))
