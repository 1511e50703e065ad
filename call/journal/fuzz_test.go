package journal

import (
	"strings"
	"testing"
)

func FuzzARecordIsReadOrRefused(f *testing.F) {
	data, err := encode(talking(1).opens())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"id":"a","type":"b","time":"2030-01-01T00:00:00Z","connection":"x"}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := decode(data)
		if err != nil {
			return
		}
		if len(r.Data) == 0 {
			r.Data = []byte("null")
		}
		again, err := encode(r)
		if err != nil {
			return // too large, or a time no JSON can hold
		}
		if _, err := decode(again); err != nil {
			t.Errorf("%q cannot be read again as %q: %v", data, again, err)
		}
	})
}

func FuzzEveryIdIsOneTokenOfItsOwn(f *testing.F) {
	f.Add("", "-")
	f.Add("a.b", "a b")
	f.Add("*", ">")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := token(a), token(b)
		if x == "" || strings.ContainsAny(x, ".*> \t\r\n") || x == nobody {
			t.Errorf("%q became %q", a, x)
		}
		if (a == b) != (x == y) {
			t.Errorf("%q and %q became %q and %q", a, b, x, y)
		}
	})
}

func FuzzACursorIsReadOrRefused(f *testing.F) {
	f.Add("0.0.1.zz")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCursor(text, 4)
		if err != nil {
			return
		}
		again, err := parseCursor(c.String(), 4)
		if err != nil || again.String() != c.String() {
			t.Errorf("%q became %q: %v", text, c, err)
		}
	})
}
