;; Answers with edits whose columns are not in the order of their ids.
;; fails: returned nonsense: ... column id 125 is not greater
;; The entries of the columns are at 48 and 60: id, offset, length.
;; edits: drop-span 0
;; edits: keep-span 1
;; patch: 48 = 126
;; patch: 60 = 125
