;; Grows its memory without end while it is instantiated.
;; refused: hit a limit: memory
;; limits: memory: 4MiB
(func $start
  (loop $more
    (br_if $more (i32.ne (i32.const -1) (memory.grow (i32.const 1)))))
  unreachable)
(start $start)
