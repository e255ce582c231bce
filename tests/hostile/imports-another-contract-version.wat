;; Is made for a version of the contract that does not exist yet.
;; refused: it is made for another version of the contract: it imports spansieve:policy/host@0.9.0, this host offers spansieve:policy/host@0.1.1
(component
  (import "spansieve:policy/host@0.9.0" (instance)))
