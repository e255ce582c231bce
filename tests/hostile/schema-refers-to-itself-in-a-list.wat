;; Has a schema that has to fit all of itself.
;; survives
;; config: {}
;; schema: {"allOf": [{"$ref": "#"}]}
