;; Has a schema with a pattern that takes time without end on a text that almost fits.
;; refused: config
;; config: {k: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab}
;; schema: {"properties": {"k": {"pattern": "^(?=(a|a?)+$)b"}}}
