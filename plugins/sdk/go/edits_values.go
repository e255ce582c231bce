package spansieve

import (
	"maps"
	"math"
	"reflect"
	"slices"
	"unsafe"
)

// bring brings along what a value needs and gives its kind and what stands for it in a row. A value that is nested too deep becomes empty:
// the host takes no deeper one.
func (e *Edits) bring(value any, depth int) (Kind, uint32) {
	switch v := value.(type) {
	case string:
		return KindString, e.texts.intern(v)
	case bool:
		if v {
			return KindBool, 1
		}
		return KindBool, 0
	case int:
		return KindInt, e.int(int64(v))
	case int64:
		return KindInt, e.int(v)
	case float64:
		return KindDouble, e.double(v)
	case Text:
		return KindString, v.index
	case NewText:
		return KindString, v.index
	case Attribute:
		if v.batch == nil {
			return KindEmpty, 0
		}
		rows := nestedRows(v.batch.rows)
		return e.copy(v, depth, &rows)
	case nil:
		return KindEmpty, 0
	case []byte:
		e.bytes = append(e.bytes, v...)
		e.bytesEnd = append(e.bytesEnd, uint32(len(e.bytes)))
		return KindBytes, e.base.bytes + uint32(len(e.bytesEnd)) - 1
	case []any:
		return bringSlice(e, v, depth)
	case []string:
		return bringSlice(e, v, depth)
	case Map:
		if depth >= maxDepth {
			return KindEmpty, 0
		}
		group := e.newGroup()
		for _, entry := range v {
			kind, value := e.bring(entry.Value, depth+1)
			e.added.push(group, e.texts.intern(entry.Key), kind, value)
		}
		return KindMap, group
	case Timestamp:
		return KindInt, e.int(int64(v))
	case TraceID:
		return KindString, e.texts.intern(v.String())
	case SpanID:
		return KindString, e.texts.intern(v.String())
	case SpanKind:
		return KindString, e.texts.intern(v.String())
	case Status:
		return KindString, e.texts.intern(v.String())
	case TraceReason:
		return KindString, e.texts.intern(v.String())
	case map[string]any:
		return bringMap(e, v, depth)
	case map[string]string:
		return bringMap(e, v, depth)
	}
	return e.reflected(reflect.ValueOf(noEscape(value)), depth)
}

// noEscape hides from the compiler that package reflect might keep the value, which nothing in reflected has it do. Otherwise every string
// and number that is passed as a value would be moved to the heap first. What a value points to still is.
//
//go:nosplit
func noEscape(value any) any {
	words := *(*[2]uintptr)(unsafe.Pointer(&value))
	return *(*any)(unsafe.Pointer(&words))
}

func bringSlice[V any](e *Edits, values []V, depth int) (Kind, uint32) {
	if depth >= maxDepth {
		return KindEmpty, 0
	}
	group := e.newGroup()
	for _, item := range values {
		kind, value := e.bring(item, depth+1)
		e.added.push(group, None, kind, value)
	}
	return KindArray, group
}

func bringMap[V any](e *Edits, values map[string]V, depth int) (Kind, uint32) {
	if depth >= maxDepth {
		return KindEmpty, 0
	}
	group := e.newGroup()
	for _, key := range slices.Sorted(maps.Keys(values)) {
		kind, value := e.bring(values[key], depth+1)
		e.added.push(group, e.texts.intern(key), kind, value)
	}
	return KindMap, group
}

// reflected brings values of the less common types.
func (e *Edits) reflected(v reflect.Value, depth int) (Kind, uint32) {
	switch v.Kind() {
	case reflect.String:
		return KindString, e.texts.intern(v.String())
	case reflect.Bool:
		return e.bring(v.Bool(), depth)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return KindInt, e.int(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if v.Uint() > math.MaxInt64 {
			return KindDouble, e.double(float64(v.Uint()))
		}
		return KindInt, e.int(int64(v.Uint()))
	case reflect.Float32, reflect.Float64:
		return KindDouble, e.double(v.Float())
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return KindEmpty, 0
		}
		return e.bring(v.Elem().Interface(), depth)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			return e.bring(v.Bytes(), depth)
		}
		items := make([]any, v.Len())
		for i := range items {
			items[i] = v.Index(i).Interface()
		}
		return bringSlice(e, items, depth)
	case reflect.Map:
		if v.Type().Key().Kind() == reflect.String {
			entries := make(map[string]any, v.Len())
			for _, key := range v.MapKeys() {
				entries[key.String()] = v.MapIndex(key).Interface()
			}
			return bringMap(e, entries, depth)
		}
	}
	panic("a value of type " + v.Type().String() + " cannot be the value of an attribute: see Edits for what can")
}

// copy brings an attribute of the batch, with what is nested in it. Texts, numbers and byte strings are named again, not copied.
func (e *Edits) copy(a Attribute, depth int, rows *nestedRows) (Kind, uint32) {
	kind := a.Kind()
	switch kind {
	case KindEmpty:
		return KindEmpty, 0
	case KindArray, KindMap:
		if depth >= maxDepth {
			return KindEmpty, 0
		}
	default:
		return kind, a.raw()
	}
	items, _ := a.Items()
	rows.take(items)
	group := e.newGroup()
	for item := range items.All() {
		key := None
		if kind == KindMap {
			key = a.batch.u32At(ColumnKeys, a.batch.u32At(ColumnRowKey, item.row))
		}
		kind, value := e.copy(item, depth+1, rows)
		e.added.push(group, key, kind, value)
	}
	return kind, group
}

func (e *Edits) int(n int64) uint32 {
	e.ints = append(e.ints, uint64(n))
	return e.base.ints + uint32(len(e.ints)) - 1
}

func (e *Edits) double(n float64) uint32 {
	e.doubles = append(e.doubles, math.Float64bits(n))
	return e.base.doubles + uint32(len(e.doubles)) - 1
}

func (e *Edits) newGroup() uint32 {
	e.newGroups++
	return e.base.groups + e.newGroups - 1
}
