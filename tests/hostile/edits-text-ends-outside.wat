;; Answers with edits of which a text ends behind the end of all texts.
;; fails: returned nonsense: ... column texts, element 0
;; edits: texts "aaa"
;; edits: text-end none
