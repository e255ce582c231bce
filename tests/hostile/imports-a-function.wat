;; Imports a function that stands in no interface.
;; refused: it imports system; a plugin may import nothing but spansieve:policy/host@0.1.1
(component
  (import "system" (func (param "command" string))))
