;; Imports another component.
;; refused: not a component: ... component imports are not supported
(component
  (import "friend" (component (export "run" (func)))))
