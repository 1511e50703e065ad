package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
)

func TestALogBecomesATest(t *testing.T) {
	log, err := os.Open("../testdata/menu.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close() //nolint:errcheck // it was only read
	want, err := os.ReadFile("../written_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	args := []string{"-package", "bottest_test", "-test", "TestACallToTheMenu", "-handler", "menu"}
	if err := run(args, log, &got, io.Discard); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("it writes\n%s", got.Bytes())
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	for name, args := range map[string][]string{
		"Handler": {}, "Test": {"-test", "Call", "-handler", "menu"}, "Package": {"-package", "my bot", "-handler", "menu"},
	} {
		err := run(args, strings.NewReader(""), io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), "field "+name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}
