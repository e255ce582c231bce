;; Answers with edits that replace a text of their own.
;; fails: returned nonsense: ... column replace-text, element 0: ... is out of range
;; edits: texts "a" "b"
;; edits: replace-text texts
;; edits: replace-with texts+1
