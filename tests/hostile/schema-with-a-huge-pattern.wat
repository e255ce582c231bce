;; Has a schema with a pattern that stands for a thousand million letters.
;; refused: the plugin's schema is not a JSON Schema
;; config: {k: a}
;; schema: {"properties": {"k": {"pattern": "^(((a{1000}){1000}){1000})$"}}}
