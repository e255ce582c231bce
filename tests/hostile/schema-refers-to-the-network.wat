;; Has a schema that is to be fetched from the network.
;; refused: the plugin's schema is not a JSON Schema
;; config: {}
;; schema: {"$ref": "http://127.0.0.1:9/schema.json"}
