;; Asks for the terminal behind standard error.
;; refused: it imports wasi:cli/terminal-stderr@0.2.0; a plugin may import nothing but spansieve:policy/host
(component (import "wasi:cli/terminal-stderr@0.2.0" (instance)))
