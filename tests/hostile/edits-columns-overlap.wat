;; Answers with edits of which two columns are the same bytes, and which make sense all the same.
;; survives
;; Each column by itself is what it should be: spans that are sampled anyway are kept, and a number is brought along that nothing uses.
;; The entries of the columns are at 48 and 60: id, offset, length.
;; edits: ints 0
;; edits: keep-span 0
;; patch: 64 = 72
