;; Asks for random numbers that need not be secure.
;; refused: it imports wasi:random/insecure@0.2.0; a plugin may import nothing but spansieve:policy/host
(component (import "wasi:random/insecure@0.2.0" (instance)))
