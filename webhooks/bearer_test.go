package webhooks

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestABearerTokenIsUsedForHalfAMinuteOfTheWallClock(t *testing.T) {
	var b bearer
	made := 0
	mint := func(context.Context) (string, error) { made++; return fmt.Sprint(made), nil }
	start := time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		at   time.Duration
		want string
	}{
		{0, "1"},
		{29 * time.Second, "1"},
		{30 * time.Second, "2"},
		{time.Hour, "3"}, // it jumped
		{59 * time.Minute, "4"},
		{59*time.Minute + time.Second, "4"},
	} {
		if got, err := b.get(t.Context(), start.Add(row.at), mint); err != nil || got != row.want {
			t.Errorf("after %s: token %q, %v, want %q", row.at, got, err, row.want)
		}
	}
}

func TestATokenThatCannotBeMadeIsAskedForAgain(t *testing.T) {
	var b bearer
	broken := errors.New("no key")
	if _, err := b.get(t.Context(), time.Now(), func(context.Context) (string, error) { return "", broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if got, err := b.get(t.Context(), time.Now(), func(context.Context) (string, error) { return "x", nil }); got != "x" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}
