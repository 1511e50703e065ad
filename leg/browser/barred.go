package browser

import (
	"strconv"
	"time"

	"go.uber.org/zap"
	"golang.org/x/time/rate"
)

// barring is how often the log tells that somebody asked for what they may not:
// the first times, and then now and again.
func barring() rate.Sometimes { return rate.Sometimes{First: 20, Interval: 10 * time.Second} }

// barred counts and logs that a client asked for what it may not: something
// that its token or its role does not allow, or a door that is not open to it.
// What it said is not logged: it may be a secret.
func (a *agent) barred(r request, told failure) {
	door := r.Type == "join" && told.Code == 404
	if told.Code != 403 && told.Code != 429 && !door {
		return
	}
	a.server.metrics.barred.WithLabelValues(strconv.Itoa(told.Code)).Inc()
	a.barring.Do(func() {
		a.server.log.Info("a client asked for what it may not", zap.String("type", r.Type), zap.String("userId", string(a.user)),
			zap.Int("code", told.Code), zap.Int("subCode", told.Subcode))
	})
}
