;; Asks for something to run.
;; refused: it imports wasi:cli/run@0.2.0; a plugin may import nothing but spansieve:policy/host
(component (import "wasi:cli/run@0.2.0" (instance)))
