;; Has sixty-five core instances besides its own.
;; refused: instance count too high
;; generate: sixty-five-instances
