;; Talks to the network.
;; refused: it imports wasi:sockets/tcp@0.2.0; a plugin may import nothing but spansieve:policy/host@0.1.1
;; wit: package wasi:sockets@0.2.0;
;; wit: interface tcp {
;; wit:   enum error-code { unknown, access-denied }
;; wit:   resource tcp-socket { start-listen: func() -> result<_, error-code>; }
;; wit: }
(import "wasi:sockets/tcp@0.2.0" "[method]tcp-socket.start-listen" (func $listen (param i32 i32)))
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (call $listen (i32.const 3) (i32.const 400))
  (i32.const 192))
