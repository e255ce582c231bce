package spansievetest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
)

// plain turns a value into one of those that [spansieve.Attribute.Value] gives, not looking into nested ones.
func plain(value any) any {
	switch v := value.(type) {
	case nil, string, bool, int64, float64, []byte, []any, spansieve.Map:
		return v
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(v.Uint())
	case reflect.Float32, reflect.Float64:
		return v.Float()
	case reflect.Slice:
		items := make([]any, v.Len())
		for i := range items {
			items[i] = v.Index(i).Interface()
		}
		return items
	case reflect.Map:
		entries := map[string]any{}
		for _, key := range v.MapKeys() {
			entries[key.String()] = v.MapIndex(key).Interface()
		}
		var sorted spansieve.Map
		for _, key := range slices.Sorted(maps.Keys(entries)) {
			sorted = append(sorted, spansieve.Entry{Key: key, Value: entries[key]})
		}
		return sorted
	}
	panic(fmt.Sprintf("spansievetest: a %T cannot be the value of an attribute", value))
}
