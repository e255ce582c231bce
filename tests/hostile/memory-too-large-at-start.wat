;; Wants 128 MiB from the start, where 64 MiB are allowed.
;; refused: hit a limit: memory
(memory (export "memory") 2048)
