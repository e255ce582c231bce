;; Has an empty name.
;; survives
;; What counts is the name in the policy.
(data (i32.const 68) "\00") ;; its length
