package botd

import (
	"bytes"
	stdlog "log"
	"time"

	"go.uber.org/zap"
	"golang.org/x/time/rate"
)

// complaints is what net/http has to say, line by line. Of handshakes that fail
// it tells the first, and then now and again: anybody can make them fail as often
// as they like.
type complaints struct {
	log        *zap.Logger
	handshakes rate.Sometimes
}

// complaintsTo makes the log of an HTTP server.
func complaintsTo(log *zap.Logger) *stdlog.Logger {
	return stdlog.New(&complaints{log, rate.Sometimes{First: 20, Interval: 10 * time.Second}}, "", 0)
}

// Write fits io.Writer.
func (c *complaints) Write(line []byte) (int, error) {
	tell := func() { c.log.Info("the HTTP server complains", zap.ByteString("complaint", bytes.TrimSpace(line))) }
	if bytes.Contains(line, []byte("TLS handshake error")) {
		c.handshakes.Do(tell)
	} else {
		tell()
	}
	return len(line), nil
}
