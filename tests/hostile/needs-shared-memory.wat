;; Has a memory that several threads could share, where one could wait for another for ever.
;; refused: not a component: ... threads must be enabled for shared memories
(component
  (core module
    (memory 1 1 shared)
    (func (export "wait") (result i32)
      (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))
