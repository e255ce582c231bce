;; Asks for a table of four billion elements at once and writes there.
;; fails: hit a limit: table elements
(func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32)
  (drop (table.grow $table (ref.null func) (i32.const -1)))
  (table.set $table (i32.const -2) (ref.null func))
  (i32.const 192))
(table $table 0 funcref)
