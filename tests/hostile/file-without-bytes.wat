;; Is an empty file.
;; refused: not a component: the file is empty
;; generate: nothing
