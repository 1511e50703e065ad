package rest

import (
	"errors"
	"net/http"
	"time"

	"go.uber.org/zap"
	"golang.org/x/time/rate"
)

// barring is how often the log tells that somebody was not let in: the first
// times, and then now and again, for anybody may come as often as they like.
func barring() rate.Sometimes { return rate.Sometimes{First: 20, Interval: 10 * time.Second} }

// barred logs that a request came without good credentials, or with such as do not
// allow it. What it came with is not logged.
func (s *Server) barred(operation, remote string, status int, err error) {
	if status != http.StatusUnauthorized && status != http.StatusForbidden {
		return
	}
	s.barring.Do(func() {
		s.cfg.Logger.Info("a request was not let in", zap.String("operation", operation), zap.String("remote", remote),
			zap.Int("status", status), zap.String("reason", kindOf(err)))
	})
}

// kindOf is what is wrong in general, without what the request said.
func kindOf(err error) string {
	for _, p := range problems {
		if errors.Is(err, p.err) {
			return p.err.Error()
		}
	}
	return ""
}
