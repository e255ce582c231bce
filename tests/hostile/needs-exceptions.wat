;; Throws exceptions.
;; refused: not a component: ... exceptions proposal not enabled
(component
  (core module
    (tag $oops)
    (func (export "throw") (throw $oops))))
