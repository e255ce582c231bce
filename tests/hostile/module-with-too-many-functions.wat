;; Has a million and one functions.
;; refused: not a component: ... functions count
;; generate: a-million-functions
