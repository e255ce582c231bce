;; Asks for the types of HTTP.
;; refused: it imports wasi:http/types@0.2.0; a plugin may import nothing but spansieve:policy/host
(component (import "wasi:http/types@0.2.0" (instance)))
