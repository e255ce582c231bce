;; Never comes back from `configure`.
;; refused: configuring: it took too long: longer than 200ms
;; limits: configure: 200ms
(func (export "spansieve:policy/plugin@0.1.1#configure") (param i32 i32) (result i32) (loop $on (br $on)) unreachable)
