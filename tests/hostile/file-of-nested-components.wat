;; Is a component in a component in a component, two thousand deep.
;; refused: not a component: ... nested
;; generate: nested-components
