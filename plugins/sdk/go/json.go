package spansieve

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON is read here rather than by encoding/json: what is wrong in a configuration is told with its place, and encoding/json with the fmt
// that it brings along is a third of a small component.

// number is a number as it stands in JSON.
type number string

// object is a JSON object, in order.
type object []member

type member struct {
	key   string
	value any
}

// readJSON gives nil, bool, number, string, []any or object.
func readJSON(text string) (any, error) {
	r := jsonReader{text: text}
	value, err := r.value(0)
	if err != nil {
		return nil, err
	}
	r.space()
	if r.at < len(text) {
		return nil, r.error("nothing more")
	}
	return value, nil
}

type jsonReader struct {
	text string
	at   int
}

func (r *jsonReader) error(expected string) error {
	return errors.New("not JSON: expected " + expected + " at byte " + strconv.Itoa(r.at))
}

func (r *jsonReader) space() {
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.at]) >= 0 {
		r.at++
	}
}

// take goes past a token if it is next.
func (r *jsonReader) take(token string) bool {
	r.space()
	if !strings.HasPrefix(r.text[r.at:], token) {
		return false
	}
	r.at += len(token)
	return true
}

func (r *jsonReader) value(depth int) (any, error) {
	switch {
	case depth > 128:
		return nil, r.error("less that is nested")
	case r.take("null"):
		return nil, nil
	case r.take("true"):
		return true, nil
	case r.take("false"):
		return false, nil
	case r.take(`"`):
		return r.str()
	case r.take("["):
		values := []any{}
		for !r.take("]") {
			if len(values) > 0 && !r.take(",") {
				return nil, r.error("a comma or ]")
			}
			value, err := r.value(depth + 1)
			if err != nil {
				return nil, err
			}
			values = append(values, value)
		}
		return values, nil
	case r.take("{"):
		return r.object(depth)
	}
	return r.number()
}

func (r *jsonReader) object(depth int) (any, error) {
	members := object{}
	for !r.take("}") {
		if len(members) > 0 && !r.take(",") {
			return nil, r.error("a comma or }")
		}
		if !r.take(`"`) {
			return nil, r.error("a key")
		}
		key, err := r.str()
		if err != nil {
			return nil, err
		}
		if !r.take(":") {
			return nil, r.error("a colon")
		}
		value, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		members = append(members, member{key, value})
	}
	return members, nil
}

func (r *jsonReader) number() (any, error) {
	start := r.at
	for r.at < len(r.text) && strings.IndexByte("+-.0123456789eE", r.text[r.at]) >= 0 {
		r.at++
	}
	if _, err := strconv.ParseFloat(r.text[start:r.at], 64); err != nil && !errors.Is(err, strconv.ErrRange) {
		r.at = start
		return nil, r.error("a value")
	}
	return number(r.text[start:r.at]), nil
}

// str reads a string whose first quote has been taken.
func (r *jsonReader) str() (string, error) {
	var out []byte
	for r.at < len(r.text) {
		c := r.text[r.at]
		r.at++
		switch {
		case c == '"':
			return string(out), nil
		case c != '\\':
			out = append(out, c)
			continue
		}
		if r.at == len(r.text) {
			break
		}
		escape := r.text[r.at]
		r.at++
		if i := strings.IndexByte(`"\/bfnrt`, escape); i >= 0 {
			out = append(out, "\"\\/\b\f\n\r\t"[i])
		} else if escape != 'u' {
			return "", r.error("an escape")
		} else if c, ok := r.hex(); ok {
			if utf16.IsSurrogate(c) && strings.HasPrefix(r.text[r.at:], `\u`) {
				r.at += 2
				low, _ := r.hex()
				c = utf16.DecodeRune(c, low)
			}
			out = utf8.AppendRune(out, c)
		} else {
			return "", r.error("four hexadecimal digits")
		}
	}
	return "", r.error("the end of a string")
}

func (r *jsonReader) hex() (rune, bool) {
	if r.at+4 > len(r.text) {
		return 0, false
	}
	n, err := strconv.ParseUint(r.text[r.at:r.at+4], 16, 32)
	r.at += 4
	return rune(n), err == nil
}

// writeJSON appends what readJSON gives.
func writeJSON(out []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(out, "null"...)
	case bool:
		return strconv.AppendBool(out, v)
	case number:
		return append(out, v...)
	case string:
		return quoteJSON(out, v)
	case []any:
		out = append(out, '[')
		for i, item := range v {
			if i > 0 {
				out = append(out, ',')
			}
			out = writeJSON(out, item)
		}
		return append(out, ']')
	case object:
		out = append(out, '{')
		for i, m := range v {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(quoteJSON(out, m.key), ':')
			out = writeJSON(out, m.value)
		}
		return append(out, '}')
	}
	panic("not what readJSON gives")
}

func quoteJSON(out []byte, text string) []byte {
	out = append(out, '"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', byte(c))
		case c < ' ':
			out = append(out, `\u00`...)
			out = append(out, hexadecimal([]byte{byte(c)})...)
		default:
			out = utf8.AppendRune(out, c)
		}
	}
	return append(out, '"')
}
