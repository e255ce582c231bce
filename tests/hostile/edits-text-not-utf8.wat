;; Answers with edits that bring along a text which is not UTF-8.
;; fails: returned nonsense: ... column texts, element 1: it is not UTF-8
;; edits: texts "fine" "\c3\28"
