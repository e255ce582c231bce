;; Answers with edits that begin with `SSVX`.
;; fails: returned nonsense: ... expected the magic "SSVE", found "SSVX"
;; edits: drop-span 0
;; patch: 0 = 0x58565353
