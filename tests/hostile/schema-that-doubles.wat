;; Has a schema in which each definition is twice the next one, thirty times over: a billion checks.
;; refused: schema
;; config: {}
;; limits: configure: 500ms
;; schema: {"$ref": "#/$defs/d0", "$defs": {
;; schema:   "d0": {"allOf": [{"$ref": "#/$defs/d1"}, {"$ref": "#/$defs/d1"}]},
;; schema:   "d1": {"allOf": [{"$ref": "#/$defs/d2"}, {"$ref": "#/$defs/d2"}]},
;; schema:   "d2": {"allOf": [{"$ref": "#/$defs/d3"}, {"$ref": "#/$defs/d3"}]},
;; schema:   "d3": {"allOf": [{"$ref": "#/$defs/d4"}, {"$ref": "#/$defs/d4"}]},
;; schema:   "d4": {"allOf": [{"$ref": "#/$defs/d5"}, {"$ref": "#/$defs/d5"}]},
;; schema:   "d5": {"allOf": [{"$ref": "#/$defs/d6"}, {"$ref": "#/$defs/d6"}]},
;; schema:   "d6": {"allOf": [{"$ref": "#/$defs/d7"}, {"$ref": "#/$defs/d7"}]},
;; schema:   "d7": {"allOf": [{"$ref": "#/$defs/d8"}, {"$ref": "#/$defs/d8"}]},
;; schema:   "d8": {"allOf": [{"$ref": "#/$defs/d9"}, {"$ref": "#/$defs/d9"}]},
;; schema:   "d9": {"allOf": [{"$ref": "#/$defs/d10"}, {"$ref": "#/$defs/d10"}]},
;; schema:   "d10": {"allOf": [{"$ref": "#/$defs/d11"}, {"$ref": "#/$defs/d11"}]},
;; schema:   "d11": {"allOf": [{"$ref": "#/$defs/d12"}, {"$ref": "#/$defs/d12"}]},
;; schema:   "d12": {"allOf": [{"$ref": "#/$defs/d13"}, {"$ref": "#/$defs/d13"}]},
;; schema:   "d13": {"allOf": [{"$ref": "#/$defs/d14"}, {"$ref": "#/$defs/d14"}]},
;; schema:   "d14": {"allOf": [{"$ref": "#/$defs/d15"}, {"$ref": "#/$defs/d15"}]},
;; schema:   "d15": {"allOf": [{"$ref": "#/$defs/d16"}, {"$ref": "#/$defs/d16"}]},
;; schema:   "d16": {"allOf": [{"$ref": "#/$defs/d17"}, {"$ref": "#/$defs/d17"}]},
;; schema:   "d17": {"allOf": [{"$ref": "#/$defs/d18"}, {"$ref": "#/$defs/d18"}]},
;; schema:   "d18": {"allOf": [{"$ref": "#/$defs/d19"}, {"$ref": "#/$defs/d19"}]},
;; schema:   "d19": {"allOf": [{"$ref": "#/$defs/d20"}, {"$ref": "#/$defs/d20"}]},
;; schema:   "d20": {"allOf": [{"$ref": "#/$defs/d21"}, {"$ref": "#/$defs/d21"}]},
;; schema:   "d21": {"allOf": [{"$ref": "#/$defs/d22"}, {"$ref": "#/$defs/d22"}]},
;; schema:   "d22": {"allOf": [{"$ref": "#/$defs/d23"}, {"$ref": "#/$defs/d23"}]},
;; schema:   "d23": {"allOf": [{"$ref": "#/$defs/d24"}, {"$ref": "#/$defs/d24"}]},
;; schema:   "d24": {"allOf": [{"$ref": "#/$defs/d25"}, {"$ref": "#/$defs/d25"}]},
;; schema:   "d25": {"allOf": [{"$ref": "#/$defs/d26"}, {"$ref": "#/$defs/d26"}]},
;; schema:   "d26": {"allOf": [{"$ref": "#/$defs/d27"}, {"$ref": "#/$defs/d27"}]},
;; schema:   "d27": {"allOf": [{"$ref": "#/$defs/d28"}, {"$ref": "#/$defs/d28"}]},
;; schema:   "d28": {"allOf": [{"$ref": "#/$defs/d29"}, {"$ref": "#/$defs/d29"}]},
;; schema:   "d29": {"allOf": [{"$ref": "#/$defs/d30"}, {"$ref": "#/$defs/d30"}]},
;; schema:   "d30": {"type": "object"}
;; schema: }}
