;; Asks for the network of the instance.
;; refused: it imports wasi:sockets/instance-network@0.2.0; a plugin may import nothing but spansieve:policy/host
(component (import "wasi:sockets/instance-network@0.2.0" (instance)))
