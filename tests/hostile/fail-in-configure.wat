;; Gives up in `configure`, where it should answer with an error.
;; refused: configuring: it trapped: nothing helps
(func (export "spansieve:policy/plugin@0.1.1#configure") (param i32 i32) (result i32)
  (call $fail (i32.const 600) (i32.const 13))
  unreachable)
(data (i32.const 600) "nothing helps")
