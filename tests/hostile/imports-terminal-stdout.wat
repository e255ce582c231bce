;; Asks for the terminal behind standard output.
;; refused: it imports wasi:cli/terminal-stdout@0.2.0; a plugin may import nothing but spansieve:policy/host
(component (import "wasi:cli/terminal-stdout@0.2.0" (instance)))
