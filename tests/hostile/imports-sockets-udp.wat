;; Sends datagrams.
;; refused: it imports wasi:sockets/udp@0.2.0; a plugin may import nothing but spansieve:policy/host@0.1.1
;; wit: package wasi:sockets@0.2.0;
;; wit: interface udp { resource udp-socket { unicast-hop-limit: func() -> result<u8>; } }
(import "wasi:sockets/udp@0.2.0" "[method]udp-socket.unicast-hop-limit" (func $hops (param i32 i32)))
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (call $hops (i32.const 3) (i32.const 400))
  (i32.const 192))
