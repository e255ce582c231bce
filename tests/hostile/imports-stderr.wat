;; Asks for standard error.
;; refused: it imports wasi:cli/stderr@0.2.0; a plugin may import nothing but spansieve:policy/host
(component (import "wasi:cli/stderr@0.2.0" (instance)))
