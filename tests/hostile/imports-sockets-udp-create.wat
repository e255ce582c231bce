;; Asks for sockets of UDP.
;; refused: it imports wasi:sockets/udp-create-socket@0.2.0; a plugin may import nothing but spansieve:policy/host
(component (import "wasi:sockets/udp-create-socket@0.2.0" (instance)))
