;; Answers with edits that bring along more bytes than their strings have.
;; fails: returned nonsense: ... column bytes, element 1
;; edits: bytes "aaa"
;; edits: bytes-end 2
