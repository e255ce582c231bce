;; Fills its memory again and again: each time is one instruction, which nothing interrupts.
;; fails: took too long: longer than 5ms
;; limits: deadline: 5ms
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (loop $on
    (memory.fill (i32.const 0x100000) (i32.const 97) (i32.const 0x100000))
    (br $on))
  unreachable)
(memory (export "memory") 64)
