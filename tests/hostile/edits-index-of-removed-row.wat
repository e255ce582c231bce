;; Answers with edits that remove a row which does not exist by far.
;; fails: returned nonsense: ... column remove-row, element 0: ... is out of range
;; edits: remove-row none
