;; Is a component in a component in a component, two thousand deep.
;; refused: not a component: ... nested
;; weak: memory and time that compiling takes grow with the square of the depth: 10,000 take 2 GiB
;; generate: nested-components
