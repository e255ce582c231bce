;; Has a schema that is its own definition.
;; survives
;; config: {}
;; schema: {"$ref": "#"}
