;; Declares a thousand attribute keys, each of which is the same mebibyte.
;; refused: configuring: it hit a limit: edits
(memory (export "memory") 64)
(data (i32.const 140) "\00\00\20\00\e8\03\00\00") ;; keys: address and number
(func $start (local $at i32)
  (memory.fill (i32.const 0x300000) (i32.const 97) (i32.const 0x100000))
  (local.set $at (i32.const 0x200000))
  (loop $next
    (i32.store (local.get $at) (i32.const 0x300000))
    (i32.store offset=4 (local.get $at) (i32.const 0x100000))
    (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const 0x201f40)))))
(start $start)
