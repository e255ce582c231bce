;; Has a function in which two thousand variables live through hundreds of loops.
;; survives
;; Compiling takes its time, which is no span's.
;; generate: many-locals
