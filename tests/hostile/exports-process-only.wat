;; Offers one function of the contract's interface and none of the others.
;; refused: its interfaces do not have the types of the contract ... `describe`
(component
  (core module $module
    (memory (export "memory") 1)
    (func (export "process") (param i32 i32) (result i32) (i32.const 0))
    (func (export "answer") (result i32) (i32.const 42))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $core (instantiate $module))
  (func $process (param "batch" (list u8)) (result (list u8))
    (canon lift (core func $core "process") (memory (core memory $core "memory")) (realloc (core func $core "cabi_realloc"))))
  (instance $plugin (export "process" (func $process)))
  (export "spansieve:policy/plugin@0.1.1" (instance $plugin)))
