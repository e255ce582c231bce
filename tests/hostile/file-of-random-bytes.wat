;; Is a file of random bytes.
;; refused: not a component: it is not WebAssembly
;; generate: random-bytes
