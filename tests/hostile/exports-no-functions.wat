;; Offers the contract's interface without any function.
;; refused: its interfaces do not have the types of the contract ... `describe`
(component
  (instance $plugin)
  (export "spansieve:policy/plugin@0.1.1" (instance $plugin)))
