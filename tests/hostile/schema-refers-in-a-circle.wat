;; Has a schema of two definitions that are each other.
;; survives
;; config: {}
;; schema: {"$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}}, "$ref": "#/$defs/a"}
