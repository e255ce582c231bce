;; Asks for errors of input and output.
;; refused: it imports wasi:io/error@0.2.0; a plugin may import nothing but spansieve:policy/host
(component (import "wasi:io/error@0.2.0" (instance)))
