;; Has a schema that is to be read from a file of the machine.
;; refused: the plugin's schema is not a JSON Schema
;; config: {}
;; schema: {"$ref": "file:///etc/passwd"}
