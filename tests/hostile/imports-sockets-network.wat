;; Asks for a network.
;; refused: it imports wasi:sockets/network@0.2.0; a plugin may import nothing but spansieve:policy/host
(component (import "wasi:sockets/network@0.2.0" (instance)))
