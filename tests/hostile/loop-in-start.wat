;; Is never done with being instantiated.
;; refused: took too long: longer than 200ms
;; limits: configure: 200ms
(func $start (loop $on (br $on)))
(start $start)
