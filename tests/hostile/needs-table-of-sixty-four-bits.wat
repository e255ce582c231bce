;; Has a table with indices of sixty-four bits.
;; refused: not a component: ... memory64 must be enabled for 64-bit tables
(table $large i64 0 funcref)
