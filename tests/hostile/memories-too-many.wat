;; Has nine memories, where eight are allowed.
;; refused: memory count too high
(memory (export "memory") 32)
(memory 0)
(memory 0)
(memory 0)
(memory 0)
(memory 0)
(memory 0)
(memory 0)
(memory 0)
