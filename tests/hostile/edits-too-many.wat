;; Answers with edits that bring along a million and one numbers, which nothing uses.
;; fails: returned nonsense: ... 1000001 ... limits.edit_items
;; A header with one column, its entry (ints, at 64, 8,000,008 bytes), and zeros.
(memory (export "memory") 192)
(data (i32.const 0x200000) "SSVE\01\00\00\00\00\00\00\00\01\00\00\00\48\12\7a\00")
(data (i32.const 0x200030) "\03\00\00\00\40\00\00\00\08\12\7a\00")
(func (export "spansieve:policy/plugin@0.1.1#process") (param i32 i32) (result i32)
  (call $reply (i32.const 0x200000) (i32.const 8000072)))
