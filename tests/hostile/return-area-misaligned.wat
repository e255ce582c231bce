;; Answers with an odd address, where the address and length of its edits are to stand.
;; fails: trapped ... return pointer not aligned
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (i32.const 193))
