;; Has a memory that is larger than thirty-two bits can address.
;; refused: not a component: ... memory64 must be enabled for 64-bit memories
(memory (export "memory") 32)
(memory $large i64 0x100000)
