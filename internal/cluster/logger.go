package cluster

import "go.uber.org/zap"

// logger fits the store's logger. What the store calls a notice is our debug:
// nobody on duty needs to know how it starts.
type logger struct{ to *zap.SugaredLogger }

// Noticef logs what is normal.
func (l logger) Noticef(format string, v ...any) { l.to.Debugf(format, v...) }

// Warnf logs what may become a problem.
func (l logger) Warnf(format string, v ...any) { l.to.Warnf(format, v...) }

// Fatalf logs a failure to start. Unlike its name says it ends nothing.
func (l logger) Fatalf(format string, v ...any) { l.to.Errorf(format, v...) }

// Errorf logs a failure.
func (l logger) Errorf(format string, v ...any) { l.to.Errorf(format, v...) }

// Debugf logs details.
func (l logger) Debugf(format string, v ...any) { l.to.Debugf(format, v...) }

// Tracef logs nothing: traces show what people said.
func (l logger) Tracef(string, ...any) {}
