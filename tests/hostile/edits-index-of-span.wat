;; Answers with edits that drop a span behind the last one.
;; fails: returned nonsense: ... column drop-span, element 0: ... is out of range
;; edits: drop-span spans
