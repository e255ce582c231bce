package spansieve

import (
	"reflect"
	"slices"
	"strings"
)

// configField is a field of a struct as it stands in a configuration.
type configField struct {
	name       string
	index      []int
	typ        reflect.Type
	tag        reflect.StructTag
	omit       bool // json:",omitempty" or ",omitzero"
	hasDefault bool
}

type configFields []configField

// fieldsOf gives the fields of a struct, those of embedded structs among them.
func fieldsOf(t reflect.Type) configFields {
	var fields configFields
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		embedded := f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct
		if !f.IsExported() || name == "-" || embedded || len(f.Index) > 1 && !isFlat(t, f.Index) {
			continue
		}
		if name == "" {
			name = f.Name
		}
		_, hasDefault := f.Tag.Lookup("default")
		omit := slices.Contains(strings.Split(options, ","), "omitempty") || slices.Contains(strings.Split(options, ","), "omitzero")
		fields = append(fields, configField{name, f.Index, f.Type, f.Tag, omit, hasDefault})
	}
	return fields
}

// isFlat tells whether a promoted field stands in structs that are themselves embedded without a name of their own.
func isFlat(t reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		f := t.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" || f.Type.Kind() != reflect.Struct {
			return false
		}
		t = f.Type
	}
	return true
}

func (f *configField) isOptional() bool {
	return f.hasDefault || f.omit || f.typ.Kind() == reflect.Pointer
}

// defaultValue is the tag default as JSON: for a string, a length of time and the like the text itself, else JSON.
func (f *configField) defaultValue() any {
	text := f.tag.Get("default")
	t := f.typ
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.String || t == durationType || reflect.PointerTo(t).Implements(textType) {
		return text
	}
	value, err := readJSON(text)
	if err != nil {
		panic("the default of " + f.name + " is " + err.Error())
	}
	return value
}

func (fields configFields) has(name string) bool {
	return slices.ContainsFunc(fields, func(f configField) bool { return f.name == name })
}

func (fields configFields) names() string {
	var names []string
	for _, f := range fields {
		names = append(names, f.name)
	}
	return oneOf(names)
}

func choicesOf(tag reflect.StructTag) []string {
	if choices := tag.Get("enum"); choices != "" {
		return strings.Split(choices, ",")
	}
	return nil
}

func contains(choices []string, text string) bool { return slices.Contains(choices, text) }

// schemaOf is the JSON Schema (2020-12) of a type of configurations, as JSON; empty for struct{}, which takes none.
func schemaOf(t reflect.Type) string {
	if t.Kind() == reflect.Struct && t.NumField() == 0 {
		return ""
	}
	var s schemas
	root := s.of(t, "")
	schema := object{{"$schema", "https://json-schema.org/draft/2020-12/schema"}}
	if t.Name() != "" {
		schema = append(schema, member{"title", t.Name()})
	}
	schema = append(schema, root...)
	if len(s.definitions) > 0 {
		schema = append(schema, member{"$defs", s.definitions})
	}
	return string(writeJSON(nil, schema))
}

// schemas makes schemas of types. Types that contain themselves become definitions.
type schemas struct {
	inside      []reflect.Type
	recursive   []reflect.Type
	definitions object
}

func (s *schemas) of(t reflect.Type, tag reflect.StructTag) object {
	if t.Kind() == reflect.Pointer {
		return s.of(t.Elem(), tag)
	}
	switch {
	case t == durationType:
		return object{{"type", "string"}, {"pattern", `^[-+]?([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$`}}
	case reflect.PointerTo(t).Implements(jsonType):
		return nil
	case reflect.PointerTo(t).Implements(textType):
		return object{{"type", "string"}}
	}
	switch t.Kind() {
	case reflect.Struct:
		return s.ofStruct(t)
	case reflect.Map:
		return object{{"type", "object"}, {"additionalProperties", s.of(t.Elem(), tag)}}
	case reflect.Slice:
		return object{{"type", "array"}, {"items", s.of(t.Elem(), tag)}}
	case reflect.Interface:
		return nil
	case reflect.String:
		if choices := choicesOf(tag); choices != nil {
			var values []any
			for _, choice := range choices {
				values = append(values, choice)
			}
			return object{{"type", "string"}, {"enum", values}}
		}
		return object{{"type", "string"}}
	case reflect.Bool:
		return object{{"type", "boolean"}}
	case reflect.Float32, reflect.Float64:
		return withBounds(object{{"type", "number"}}, tag)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if tag.Get("min") == "" {
			return withBounds(object{{"type", "integer"}, {"minimum", number("0")}}, tag)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
	default:
		panic("a configuration cannot have a field of type " + t.String())
	}
	return withBounds(object{{"type", "integer"}}, tag)
}

func withBounds(schema object, tag reflect.StructTag) object {
	if n := tag.Get("min"); n != "" {
		schema = append(schema, member{"minimum", number(n)})
	}
	if n := tag.Get("max"); n != "" {
		schema = append(schema, member{"maximum", number(n)})
	}
	return schema
}

func (s *schemas) ofStruct(t reflect.Type) object {
	reference := object{{"$ref", "#/$defs/" + t.Name()}}
	if slices.ContainsFunc(s.definitions, func(m member) bool { return m.key == t.Name() }) {
		return reference
	}
	if slices.Contains(s.inside, t) {
		s.recursive = append(s.recursive, t)
		return reference
	}
	s.inside = append(s.inside, t)
	properties, required := object{}, []any{}
	for _, f := range fieldsOf(t) {
		schema := s.of(f.typ, f.tag)
		if doc := f.tag.Get("doc"); doc != "" {
			schema = append(object{{"description", doc}}, schema...)
		}
		if f.hasDefault {
			schema = append(schema, member{"default", f.defaultValue()})
		}
		properties = append(properties, member{f.name, schema})
		if !f.isOptional() {
			required = append(required, f.name)
		}
	}
	s.inside = s.inside[:len(s.inside)-1]
	schema := object{{"type", "object"}, {"properties", properties}}
	if len(required) > 0 {
		schema = append(schema, member{"required", required})
	}
	schema = append(schema, member{"additionalProperties", false})
	if slices.Contains(s.recursive, t) {
		s.definitions = append(s.definitions, member{t.Name(), schema})
		return reference
	}
	return schema
}
