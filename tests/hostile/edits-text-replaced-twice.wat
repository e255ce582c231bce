;; Answers with edits that replace the same text by two others.
;; fails: returned nonsense: ... column replace-text: 0 is edited twice
;; edits: texts "a" "b"
;; edits: replace-text 0 0
;; edits: replace-with texts texts+1
