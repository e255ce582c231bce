;; Has thirty-two mebibytes of data, where its memory may have sixteen.
;; refused: hit a limit: memory
;; limits: memory: 16MiB
;; generate: thirty-two-mebibytes-of-data
