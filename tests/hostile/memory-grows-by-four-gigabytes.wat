;; Asks for four gigabytes at once and writes there.
;; fails: hit a limit: memory
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (drop (memory.grow (i32.const 65535)))
  (i32.store (i32.const 0xfffffff0) (i32.const 1))
  (i32.const 192))
