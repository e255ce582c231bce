;; Asks for sockets of TCP.
;; refused: it imports wasi:sockets/tcp-create-socket@0.2.0; a plugin may import nothing but spansieve:policy/host
(component (import "wasi:sockets/tcp-create-socket@0.2.0" (instance)))
