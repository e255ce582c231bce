;; Exports nothing.
;; refused: it exports nothing, expected spansieve:policy/plugin@0.1.1
(component)
