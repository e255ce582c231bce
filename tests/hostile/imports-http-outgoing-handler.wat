;; Sends HTTP requests.
;; refused: it imports wasi:http/outgoing-handler@0.2.0; a plugin may import nothing but spansieve:policy/host@0.1.1
;; wit: package wasi:http@0.2.0;
;; wit: interface outgoing-handler {
;; wit:   resource outgoing-request;
;; wit:   resource future-incoming-response;
;; wit:   handle: func(request: outgoing-request) -> result<future-incoming-response>;
;; wit: }
(import "wasi:http/outgoing-handler@0.2.0" "handle" (func $handle (param i32 i32)))
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (call $handle (i32.const 3) (i32.const 400))
  (i32.const 192))
