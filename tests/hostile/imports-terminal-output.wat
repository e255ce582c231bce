;; Asks for a terminal to write to.
;; refused: it imports wasi:cli/terminal-output@0.2.0; a plugin may import nothing but spansieve:policy/host
(component (import "wasi:cli/terminal-output@0.2.0" (instance)))
