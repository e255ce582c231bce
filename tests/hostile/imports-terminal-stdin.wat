;; Asks for the terminal behind standard input.
;; refused: it imports wasi:cli/terminal-stdin@0.2.0; a plugin may import nothing but spansieve:policy/host
(component (import "wasi:cli/terminal-stdin@0.2.0" (instance)))
