;; Answers with edits that replace a text by one that they do not bring along.
;; fails: returned nonsense: ... column replace-with, element 0: ... is out of range
;; edits: replace-text 0
;; edits: replace-with texts
