;; Imports a function of the host's interface with another type.
;; refused: its interfaces do not have the types of the contract ... count
(component
  (import "spansieve:policy/host@0.1.1" (instance (export "count" (func (param "name" string) (result string)))))
  (instance $plugin)
  (export "spansieve:policy/plugin@0.1.1" (instance $plugin)))
