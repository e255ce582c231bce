;; Asks for the address of a name, which tells the name to others.
;; refused: it imports wasi:sockets/ip-name-lookup@0.2.0; a plugin may import nothing but spansieve:policy/host@0.1.1
;; wit: package wasi:sockets@0.2.0;
;; wit: interface ip-name-lookup { resource network; resolve-addresses: func(network: borrow<network>, name: string) -> result; }
(import "wasi:sockets/ip-name-lookup@0.2.0" "resolve-addresses" (func $resolve (param i32 i32 i32) (result i32)))
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (drop (call $resolve (i32.const 3) (i32.const 512) (i32.const 4)))
  (i32.const 192))
