;; Never comes back when the host is done with its answer.
;; fails: took too long: longer than 5ms
;; limits: deadline: 5ms
(func (export "cabi_post_spansieve:policy/plugin@0.1.1#process") (param i32) (loop $on (br $on)))
