;; Is the first half of a component.
;; refused: not a component: ... unexpected end-of-file
;; generate: half-a-component
