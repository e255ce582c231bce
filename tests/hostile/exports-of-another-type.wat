;; Offers functions that have the names of the contract, but other types.
;; refused: its interfaces do not have the types of the contract
(component
  (core module $module
    (memory (export "memory") 1)
    (func (export "process") (param i32 i32) (result i32) (i32.const 0))
    (func (export "answer") (result i32) (i32.const 42))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $core (instantiate $module))
  (func $answer (result u32) (canon lift (core func $core "answer")))
  (instance $plugin
    (export "describe" (func $answer))
    (export "configure" (func $answer))
    (export "process" (func $answer))
    (export "save" (func $answer))
    (export "restore" (func $answer)))
  (export "spansieve:policy/plugin@0.1.1" (instance $plugin)))
