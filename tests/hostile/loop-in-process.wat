;; Never comes back from `process`.
;; fails: took too long: longer than 5ms
;; limits: deadline: 5ms
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32) (loop $on (br $on)) unreachable)
