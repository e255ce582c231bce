;; Answers with edits of which two columns are the same bytes, so that a span is both dropped and kept.
;; fails: returned nonsense: ... column keep-span: 0 is edited twice
;; The entries of the columns are at 48 and 60: id, offset, length.
;; edits: drop-span 0
;; edits: keep-span 0
;; patch: 64 = 72
