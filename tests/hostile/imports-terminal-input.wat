;; Asks for a terminal to read from.
;; refused: it imports wasi:cli/terminal-input@0.2.0; a plugin may import nothing but spansieve:policy/host
(component (import "wasi:cli/terminal-input@0.2.0" (instance)))
