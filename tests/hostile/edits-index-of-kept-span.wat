;; Answers with edits that keep a span which does not exist by far.
;; fails: returned nonsense: ... column keep-span, element 0: ... is out of range
;; edits: keep-span none
