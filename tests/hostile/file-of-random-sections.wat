;; Begins as a component does and goes on with random bytes.
;; refused: not a component: ... malformed section id
;; generate: random-sections
