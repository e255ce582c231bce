;; Counts under a hundred thousand different names.
;; survives
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (local $left i32)
  (local.set $left (i32.const 100000))
  (loop $next
    ;; Letters from `@` on, four bits each.
    (i64.store (i32.const 600) (i64.or (i64.const 0x4040404040404040)
      (i64.or (i64.and (i64.extend_i32_u (local.get $left)) (i64.const 0xf))
      (i64.or (i64.shl (i64.and (i64.extend_i32_u (local.get $left)) (i64.const 0xf0)) (i64.const 4))
      (i64.or (i64.shl (i64.and (i64.extend_i32_u (local.get $left)) (i64.const 0xf00)) (i64.const 8))
      (i64.or (i64.shl (i64.and (i64.extend_i32_u (local.get $left)) (i64.const 0xf000)) (i64.const 12))
        (i64.shl (i64.and (i64.extend_i32_u (local.get $left)) (i64.const 0xf0000)) (i64.const 16))))))))
    (call $count (i32.const 600) (i32.const 8) (i64.const 1))
    (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
  (i32.const 192))
