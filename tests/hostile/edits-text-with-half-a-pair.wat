;; Answers with edits that bring along a text with half of a surrogate pair, as careless encoders write it.
;; fails: returned nonsense: ... column texts, element 0: it is not UTF-8
;; edits: texts "\ed\a0\bd"
