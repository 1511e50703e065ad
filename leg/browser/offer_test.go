package browser

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"github.com/botd-dev/botd/call"
)

func TestAClientThatDescribesItselfTooOftenIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &leg{
			accepted: make(chan struct{}), offers: make(chan description, 1),
			pace: rate.NewLimiter(offerRate, offerBurst),
		}
		close(l.accepted)
		for range offerBurst {
			fatal(t, l.renegotiate(description{}))
			<-l.offers
		}
		if err := l.renegotiate(description{}); !errors.Is(err, call.ErrConflict) {
			t.Errorf("one too many: %v", err)
		}
		<-time.After(time.Second)
		if err := l.renegotiate(description{}); err != nil {
			t.Errorf("a second later: %v", err)
		}
	})
}
