;; Asks for a handler of HTTP requests.
;; refused: it imports wasi:http/incoming-handler@0.2.0; a plugin may import nothing but spansieve:policy/host
(component (import "wasi:http/incoming-handler@0.2.0" (instance)))
