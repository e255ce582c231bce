package spansieve

import (
	"encoding"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// configError says what is wrong at which place of a configuration, such as steps[1].key.
type configError struct {
	path, message string
}

func (e *configError) Error() string {
	if e.path == "" {
		return e.message
	}
	return e.path + ": " + e.message
}

// decodeConfig reads a configuration from JSON text into what config points to. null counts as {}.
func decodeConfig(text string, config any) error {
	value, err := readJSON(text)
	if err != nil {
		return err
	}
	if value == nil {
		value = object{}
	}
	return decode(value, reflect.ValueOf(config).Elem(), "", "")
}

// jsonUnmarshaler is json.Unmarshaler, without the package that it is of.
type jsonUnmarshaler interface {
	UnmarshalJSON([]byte) error
}

var (
	durationType = reflect.TypeFor[time.Duration]()
	textType     = reflect.TypeFor[encoding.TextUnmarshaler]()
	jsonType     = reflect.TypeFor[jsonUnmarshaler]()
)

func decode(value any, into reflect.Value, path string, tag reflect.StructTag) error {
	t := into.Type()
	switch {
	case t.Kind() == reflect.Pointer:
		if value == nil {
			into.SetZero()
			return nil
		}
		into.Set(reflect.New(t.Elem()))
		return decode(value, into.Elem(), path, tag)
	case t == durationType:
		text, ok := value.(string)
		d, err := time.ParseDuration(text)
		if !ok || err != nil {
			return mismatch(path, "a length of time with its unit, such as 500ms, 1.5s or 2m", value)
		}
		into.SetInt(int64(d))
		return nil
	case reflect.PointerTo(t).Implements(jsonType):
		return at(path, into.Addr().Interface().(jsonUnmarshaler).UnmarshalJSON(writeJSON(nil, value)))
	case reflect.PointerTo(t).Implements(textType):
		text, ok := value.(string)
		if !ok {
			return mismatch(path, "a string", value)
		}
		return at(path, into.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)))
	}
	switch t.Kind() {
	case reflect.Struct:
		members, ok := value.(object)
		if !ok {
			return mismatch(path, "an object", value)
		}
		return decodeStruct(members, into, path)
	case reflect.Map:
		return decodeMap(value, into, path, tag)
	case reflect.Slice:
		values, ok := value.([]any)
		if !ok {
			return mismatch(path, "an array", value)
		}
		into.Set(reflect.MakeSlice(t, len(values), len(values)))
		for i, value := range values {
			if err := decode(value, into.Index(i), path+"["+strconv.Itoa(i)+"]", tag); err != nil {
				return err
			}
		}
		return nil
	case reflect.Interface:
		if plain := plainValue(value); plain != nil {
			into.Set(reflect.ValueOf(plain))
		}
		return nil
	case reflect.String:
		text, ok := value.(string)
		if !ok {
			return mismatch(path, "a string", value)
		}
		if choices := choicesOf(tag); choices != nil && !contains(choices, text) {
			return mismatch(path, oneOf(choices), value)
		}
		into.SetString(text)
		return nil
	case reflect.Bool:
		b, ok := value.(bool)
		if !ok {
			return mismatch(path, "true or false", value)
		}
		into.SetBool(b)
		return nil
	}
	return decodeNumber(value, into, path, tag)
}

func decodeNumber(value any, into reflect.Value, path string, tag reflect.StructTag) error {
	var low, high float64 = math.Inf(-1), math.Inf(1)
	expected := "a number"
	text, ok := value.(number)
	size := into.Type().Bits
	switch into.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		expected = "an integer"
		n, err := strconv.ParseInt(string(text), 10, size())
		if ok = ok && err == nil; ok {
			into.SetInt(n)
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		expected = "an integer"
		low = 0
		n, err := strconv.ParseUint(string(text), 10, size())
		if ok = ok && err == nil; ok {
			into.SetUint(n)
		}
	case reflect.Float32, reflect.Float64:
		n, err := strconv.ParseFloat(string(text), size())
		if ok = ok && err == nil; ok {
			into.SetFloat(n)
		}
	default:
		panic("a configuration cannot have a field of type " + into.Type().String())
	}
	if text := tag.Get("min"); text != "" {
		low, _ = strconv.ParseFloat(text, 64)
	}
	if text := tag.Get("max"); text != "" {
		high, _ = strconv.ParseFloat(text, 64)
	}
	bounds := []string{}
	if !math.IsInf(low, 0) {
		bounds = append(bounds, "at least "+strconv.FormatFloat(low, 'f', -1, 64))
	}
	if !math.IsInf(high, 0) {
		bounds = append(bounds, "at most "+strconv.FormatFloat(high, 'f', -1, 64))
	}
	if len(bounds) > 0 {
		expected += " of " + strings.Join(bounds, " and ")
	}
	if n, _ := strconv.ParseFloat(string(text), 64); !ok || n < low || n > high {
		return mismatch(path, expected, value)
	}
	return nil
}

func decodeMap(value any, into reflect.Value, path string, tag reflect.StructTag) error {
	members, ok := value.(object)
	if !ok || into.Type().Key().Kind() != reflect.String {
		return mismatch(path, "an object", value)
	}
	into.Set(reflect.MakeMap(into.Type()))
	for _, m := range members {
		item := reflect.New(into.Type().Elem()).Elem()
		if err := decode(m.value, item, join(path, m.key), tag); err != nil {
			return err
		}
		into.SetMapIndex(reflect.ValueOf(m.key).Convert(into.Type().Key()), item)
	}
	return nil
}

func decodeStruct(members object, into reflect.Value, path string) error {
	fields := fieldsOf(into.Type())
	given := make(map[string]any, len(members))
	for _, m := range members {
		if !fields.has(m.key) {
			return &configError{join(path, m.key), "unknown field, expected " + fields.names()}
		}
		if _, twice := given[m.key]; twice {
			return &configError{join(path, m.key), "given twice"}
		}
		given[m.key] = m.value
	}
	for _, f := range fields {
		value, ok := given[f.name]
		field := into.FieldByIndex(f.index)
		if value == nil && f.isOptional() {
			// What is null counts as not given.
			ok = false
		}
		switch {
		case ok:
			if err := decode(value, field, join(path, f.name), f.tag); err != nil {
				return err
			}
		case !f.isOptional():
			return &configError{path, "missing field " + f.name}
		case f.hasDefault:
			if err := decode(f.defaultValue(), field, join(path, f.name), f.tag); err != nil {
				panic("the default of " + err.Error())
			}
		case field.Kind() == reflect.Struct && decodeStruct(nil, field, path) != nil:
			// Something in it is required: only its zero value is left.
			field.SetZero()
		}
	}
	return nil
}

// plainValue is a JSON value as nil, bool, int64, float64, string, []any or Map: what edits take as a value.
func plainValue(value any) any {
	switch v := value.(type) {
	case number:
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return n
		}
		n, _ := strconv.ParseFloat(string(v), 64)
		return n
	case []any:
		values := make([]any, len(v))
		for i, item := range v {
			values[i] = plainValue(item)
		}
		return values
	case object:
		entries := make(Map, len(v))
		for i, m := range v {
			entries[i] = Entry{m.key, plainValue(m.value)}
		}
		return entries
	}
	return value
}

func at(path string, err error) error {
	if err == nil {
		return nil
	}
	return &configError{path, err.Error()}
}

func mismatch(path, expected string, found any) error {
	what := ""
	switch v := found.(type) {
	case nil:
		what = "null"
	case string:
		what = "the string " + strconv.Quote(v)
	case number:
		what = "the number " + string(v)
	case bool:
		what = strconv.FormatBool(v)
	case []any:
		what = "an array"
	case object:
		what = "an object"
	}
	return &configError{path, "expected " + expected + ", found " + what}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// oneOf lists names as people do: a, b or c.
func oneOf(names []string) string {
	switch n := len(names); n {
	case 0:
		return "none"
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " or " + names[n-1]
	}
}
