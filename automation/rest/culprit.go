package rest

import (
	"encoding/json"
	"fmt"
	"reflect"
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

// dotted is a path as it follows a name or an index.
func dotted(path string) string {
	if strings.HasPrefix(path, "[") {
		return path
	}
	return "." + path
}

func unreadable(value json.RawMessage) bool { return json.Unmarshal(value, new(identity.ID)) != nil }
