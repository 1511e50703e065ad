package main

import (
	"bytes"
	"errors"
	"flag"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEveryCommandIsListed(t *testing.T) {
	if err := run(t.Context(), nil, &bytes.Buffer{}); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("%v", err)
	}
	if got := len(commands()); got != len(order) {
		t.Errorf("%d commands, %d listed", got, len(order))
	}
	for _, name := range order {
		if commands()[name].does == "" {
			t.Errorf("%s does nothing", name)
		}
	}
}

func TestACommandWithABadFlagDoesNothing(t *testing.T) {
	for _, name := range order {
		if err := run(t.Context(), []string{name, "-no-such-flag"}, &bytes.Buffer{}); err == nil {
			t.Errorf("%s -no-such-flag", name)
		}
	}
}

func TestTheFlagsOfACommonComparison(t *testing.T) {
	c, err := parseComparison([]string{
		"-servers", "botd,janus", "-n", "2,200", "-reps", "5", "-more", "2", "-t", "9s", "-listening", "x", "-o", "f",
	}, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	var cells []string
	for _, cell := range c.cells {
		cells = append(cells, cell.String()+": "+strings.Join(cell.Servers, " "))
	}
	want := []string{"2, all speak: botd janus", "200: botd", "20, open: botd janus", "50: tapped listening"}
	if !slices.Equal(cells, want) {
		t.Errorf("%q, want %q", cells, want)
	}
	if c.config.Accepted != 5 || c.config.Tries != 7 || c.machine.Length != 9*time.Second || c.file != "f" || len(c.machine.Servers) != 5 {
		t.Errorf("%+v", c)
	}
	if _, err := parseComparison([]string{"-n", "ten"}, &bytes.Buffer{}); err == nil {
		t.Error("ten is no number")
	}
}
