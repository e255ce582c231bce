;; Answers with edits of which a byte string ends before the one in front of it.
;; fails: returned nonsense: ... column bytes, element 1
;; edits: bytes "aaa" "bbb"
;; edits: bytes-end 5 2
