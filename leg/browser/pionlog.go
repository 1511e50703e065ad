package browser

import (
	"fmt"

	"github.com/pion/logging"
	"go.uber.org/zap"
)

// pionLog passes on what pion warns of. A stranger's datagram can make it
// warn, so nothing of it is more than a detail.
type pionLog struct{ log *zap.Logger }

// NewLogger gives a part of pion its logger.
func (p pionLog) NewLogger(scope string) logging.LeveledLogger {
	return pionScope{p.log.With(zap.String("scope", scope))}
}

type pionScope struct{ log *zap.Logger }

func (s pionScope) say(detail string) { s.log.Debug("pion reports", zap.String("detail", detail)) }

func (pionScope) Trace(string)          {}
func (pionScope) Tracef(string, ...any) {}
func (pionScope) Debug(string)          {}
func (pionScope) Debugf(string, ...any) {}
func (pionScope) Info(string)           {}
func (pionScope) Infof(string, ...any)  {}
func (s pionScope) Warn(msg string)     { s.say(msg) }
func (s pionScope) Error(msg string)    { s.say(msg) }
func (s pionScope) Warnf(f string, a ...any) {
	if s.log.Core().Enabled(zap.DebugLevel) {
		s.say(fmt.Sprintf(f, a...))
	}
}
func (s pionScope) Errorf(f string, a ...any) { s.Warnf(f, a...) }
