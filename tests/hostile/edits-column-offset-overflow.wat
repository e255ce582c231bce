;; Answers with edits of which a column starts at the last multiple of eight, so that offset and length together overflow.
;; fails: returned nonsense: ... column 125 at offset 4294967288, length 4294967292
;; The entry of the first column is at 48: id, offset, length.
;; edits: drop-span 0
;; patch: 52 = 0xfffffff8
;; patch: 56 = 0xfffffffc
