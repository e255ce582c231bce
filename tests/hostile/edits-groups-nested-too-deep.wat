;; Answers with edits that nest sixty-five maps, where sixty-four are allowed.
;; fails: returned nonsense: ... a value is nested too deep
;; edits: new-groups 65
;; edits: add-group 0 groups+0..=groups+63
;; edits: add-key 0*65
;; edits: add-kind map*65
;; edits: add-value groups+0..=groups+64
