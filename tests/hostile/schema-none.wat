;; Has a schema that is JSON, but no JSON Schema.
;; refused: the plugin's schema is not a JSON Schema
;; schema: {"type": 5}
