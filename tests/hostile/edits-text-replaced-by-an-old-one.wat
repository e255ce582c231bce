;; Answers with edits that replace a text by another one of the batch, which may be replaced itself.
;; fails: returned nonsense: ... only a new text takes the place of another
;; edits: replace-text 0
;; edits: replace-with 1
