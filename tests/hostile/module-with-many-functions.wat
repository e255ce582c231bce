;; Has five thousand functions.
;; survives
;; Compiling takes its time, which is no span's.
;; generate: five-thousand-functions
