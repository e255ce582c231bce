;; Answers with edits of which a text ends before the one in front of it.
;; fails: returned nonsense: ... column texts, element 1
;; edits: texts "aaa" "bbb"
;; edits: text-end 3 2
