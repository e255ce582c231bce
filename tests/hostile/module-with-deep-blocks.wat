;; Has a function of twenty thousand blocks in each other.
;; survives
;; generate: deep-blocks
