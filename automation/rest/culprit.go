package rest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/botd-dev/botd/identity"
)

// culprit is where in a body for a value of that type the identifier stands that
// cannot be read: the decoder does not say. It is empty if there is none.
func culprit(body json.RawMessage, t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return culprit(body, t.Elem())
	case reflect.Slice:
		return culpritItem(body, t.Elem())
	case reflect.Struct:
		return culpritField(body, t)
	case reflect.Map:
		return culpritEntry(body, t.Elem())
	default:
		return ""
	}
}

func culpritItem(body json.RawMessage, t reflect.Type) string {
	var items []json.RawMessage
	_ = json.Unmarshal(body, &items) // what is no list has no items
	for i, item := range items {
		at := fmt.Sprintf("[%d]", i)
		if t == reflect.TypeFor[identity.ID]() && unreadable(item) {
			return at
		}
		if inside := culprit(item, t); inside != "" {
			return at + dotted(inside)
		}
	}
	return ""
}

func culpritEntry(body json.RawMessage, t reflect.Type) string {
	var entries map[string]json.RawMessage
	_ = json.Unmarshal(body, &entries) // what is no object has no entries
	for name, value := range entries {
		if t == reflect.TypeFor[identity.ID]() && unreadable(value) {
			return strings.ToValidUTF8(name, "?")
		}
	}
	return ""
}

func culpritField(body json.RawMessage, t reflect.Type) string {
	var given map[string]json.RawMessage
	_ = json.Unmarshal(body, &given) // what is no object has no fields
	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		for spelled, value := range given {
			if !strings.EqualFold(spelled, name) { // as the decoder compares
				continue
			}
			if field.Type == reflect.TypeFor[identity.ID]() && unreadable(value) {
				return name
			}
			if inside := culprit(value, field.Type); inside != "" {
				return name + dotted(inside)
			}
		}
	}
	return ""
}

// spelled is a path as encoding/json has it, without the names of the structs in
// between that JSON does not have.
func spelled(path string, t reflect.Type) string {
	var names []string
	for name := range strings.SplitSeq(path, ".") {
		for slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Slice, reflect.Map}, t.Kind()) {
			t = t.Elem()
		}
		inner, found := reflect.StructField{}, false
		if t.Kind() == reflect.Struct {
			inner, found = fieldOf(t, name)
		}
		if found {
			t = inner.Type
		}
		if !inner.Anonymous || inner.Tag.Get("json") != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ".")
}

// fieldOf finds a field by its name in JSON, or the struct in between of that
// name.
func fieldOf(t reflect.Type, name string) (reflect.StructField, bool) {
	for _, field := range reflect.VisibleFields(t) {
		in, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if in == name || in == "" && field.Anonymous && field.Name == name {
			return field, true
		}
	}
	return reflect.StructField{}, false
}

// dotted is a path as it follows a name or an index.
func dotted(path string) string {
	if strings.HasPrefix(path, "[") {
		return path
	}
	return "." + path
}

func unreadable(value json.RawMessage) bool { return json.Unmarshal(value, new(identity.ID)) != nil }
