;; Answers with the last four bytes of its memory, where the address and length of its edits are to stand.
;; fails: trapped ... pointer out of bounds of memory
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 4)))
