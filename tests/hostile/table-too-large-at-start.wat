;; Wants a table of a million elements from the start, where a hundred thousand are allowed.
;; refused: hit a limit: table elements
(table 1000000 funcref)
