;; Has a schema that is not JSON.
;; refused: the plugin's schema is not JSON
;; schema: {"type":
