;; Answers with edits that bring along texts which end nowhere.
;; fails: returned nonsense: ... column texts, element 0
;; edits: texts "aaa"
;; edits: text-end
