;; Writes ten thousand log lines on each batch.
;; survives
;; logs: ERROR ... test
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (local $left i32)
  (local.set $left (i32.const 10000))
  (loop $next
    (call $log (i32.const 0) (i32.const 512) (i32.const 4))
    (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
  (i32.const 192))
