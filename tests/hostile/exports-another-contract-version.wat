;; Offers a version of the contract that does not exist yet.
;; refused: it exports spansieve:policy/plugin@0.9.0, expected spansieve:policy/plugin@0.1.1
(component
  (instance $plugin)
  (export "spansieve:policy/plugin@0.9.0" (instance $plugin)))
