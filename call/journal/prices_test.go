package journal

import (
	"testing"
	"time"
)

func TestABatchIsMadeWhereItIsCheaperOnThisDisk(t *testing.T) {
	type paid struct {
		messages int
		batched  bool
		took     time.Duration
	}
	for name, row := range map[string]struct {
		before []paid
		from   int // messages from which it is a batch
	}{
		"nothing is known":          {nil, atomicFrom},
		"only one price is known":   {[]paid{{4, false, time.Second}}, atomicFrom},
		"syncs are cheap":           {[]paid{{10, false, time.Millisecond}, {16, true, 5 * time.Millisecond}}, 51},
		"syncs are dear":            {[]paid{{1, false, 5 * time.Millisecond}, {16, true, 34 * time.Millisecond}}, 7},
		"a batch costs next to one": {[]paid{{1, false, 5 * time.Millisecond}, {16, true, 5 * time.Millisecond}}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			var p prices
			for _, b := range row.before {
				p.paid(b.messages, b.batched, b.took)
			}
			if p.batched(row.from-1) || !p.batched(row.from) {
				t.Errorf("not from %d messages on: %+v", row.from, &p)
			}
		})
	}
}

func TestAPriceThatWasOnceHighIsForgotten(t *testing.T) {
	var p prices
	p.paid(16, true, time.Millisecond)
	p.paid(1, false, time.Second)
	for range 100 {
		p.paid(1, false, 100*time.Microsecond)
	}
	if p.batched(5) || !p.batched(16) {
		t.Errorf("it is %v", p.single)
	}
}
