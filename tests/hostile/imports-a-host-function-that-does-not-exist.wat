;; Imports a function that the host's interface does not have.
;; refused: its interfaces do not have the types of the contract ... exec
(component
  (import "spansieve:policy/host@0.1.1" (instance (export "exec" (func (param "command" string)))))
  (instance $plugin)
  (export "spansieve:policy/plugin@0.1.1" (instance $plugin)))
