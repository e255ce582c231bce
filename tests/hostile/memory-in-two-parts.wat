;; Has two memories, each within the limit; together they are not.
;; refused: hit a limit: memory
;; limits: memory: 4MiB
(memory (export "memory") 40)
(memory 40)
