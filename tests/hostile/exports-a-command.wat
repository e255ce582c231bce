;; Is a command, as WASI has them, and no plugin.
;; refused: it exports wasi:cli/run@0.2.0, expected spansieve:policy/plugin@0.1.1
(component
  (instance $run)
  (export "wasi:cli/run@0.2.0" (instance $run)))
