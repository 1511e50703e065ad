package jitter_test

import (
	"testing"
	"time"

	"github.com/botd-dev/botd/media/jitter"
)

func TestRunsOfLossesAreCounted(t *testing.T) {
	for _, row := range []struct {
		name   string
		lost   func(i int) bool
		bursts uint64
	}{
		{"none", func(int) bool { return false }, 0},
		{"one by one", func(i int) bool { return i == 50 || i == 60 || i == 70 }, 3},
		{"two and three in a row", func(i int) bool { return i == 50 || i == 51 || i >= 60 && i < 63 }, 2},
	} {
		p := run(t, without(tone(3*time.Second, tick), row.lost), 2900*time.Millisecond, jitter.Config{})
		if p.stats.Bursts != row.bursts {
			t.Errorf("%s: %d runs of %d lost", row.name, p.stats.Bursts, p.stats.Lost)
		}
	}
}
