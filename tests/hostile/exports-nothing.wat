;; Exports nothing.
;; refused: it exports nothing, expected spansieve:policy/plugin@0.1.0
(component)
