;; Asks for standard input.
;; refused: it imports wasi:cli/stdin@0.2.0; a plugin may import nothing but spansieve:policy/host
(component (import "wasi:cli/stdin@0.2.0" (instance)))
