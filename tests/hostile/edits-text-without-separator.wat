;; Answers with edits of which a text does not end where its separator stands.
;; fails: returned nonsense: ... column texts, element 0
;; edits: texts "aaa"
;; edits: text-end 2
