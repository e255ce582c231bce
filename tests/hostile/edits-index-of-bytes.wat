;; Answers with edits that set a value to a byte string that they do not bring along.
;; fails: returned nonsense: ... column set-value, element 0: ... is out of range
;; edits: bytes "\00\01"
;; edits: set-row 0
;; edits: set-kind bytes
;; edits: set-value byte-strings+1
