;; Is a core module that would make a good plugin if it were a component.
;; refused: this is a core module, expected a component
(module
  (memory (export "memory") 1)
  (func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32) (i32.const 0)))
