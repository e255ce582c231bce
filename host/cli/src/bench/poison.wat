;; A plugin that fails on spans with a certain number of dropped links, and does nothing otherwise: what is measured is what a failure costs.
;; It asks for that column only, and looks at every word that it is handed.
(module
  (memory (export "memory") 1)
  (data (i32.const 64) "poison")
  ;; description: name (pointer, length), version, about, layout, schema
  (data (i32.const 1024) "\40\00\00\00\06\00\00\00" "\40\00\00\00\06\00\00\00" "\40\00\00\00\06\00\00\00" "\01\00\00\00" "\00\00\00\00\00\00\00\00")
  ;; interest: ok, columns (pointer, length), keys, grouping; the one column is span-dropped-links
  (data (i32.const 1536) "\00\00\00\00" "\40\06\00\00\01\00\00\00" "\00\00\00\00\00\00\00\00" "\00\00\00\00")
  (data (i32.const 1600) "\25\00\00\00")

  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $pages i32)
    (local.set $pages (i32.sub (i32.add (i32.shr_u (local.get 3) (i32.const 16)) (i32.const 2)) (memory.size)))
    (if (i32.gt_s (local.get $pages) (i32.const 0))
      (then (if (i32.eq (memory.grow (local.get $pages)) (i32.const -1)) (then unreachable))))
    (i32.const 65536))

  (func (export "spansieve:policy/plugin@0.1.1#describe") (result i32) (i32.const 1024))
  (func (export "spansieve:policy/plugin@0.1.1#configure") (param i32 i32) (result i32) (i32.const 1536))
  (func (export "spansieve:policy/plugin@0.1.1#process") (param $at i32) (param $len i32) (result i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $at) (i32.and (local.get $len) (i32.const -4))))
    (loop $on
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (if (i32.eq (i32.load (local.get $at)) (i32.const 0x0badf00d)) (then unreachable))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br $on))))
    (i32.const 2048))
  (func (export "spansieve:policy/plugin@0.1.1#save") (result i32) (i32.const 2048))
  (func (export "spansieve:policy/plugin@0.1.1#restore") (param i32 i32) (result i32) (i32.const 2048)))
