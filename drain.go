package botd

import (
	"encoding/json"
	"errors"
	"net/http"
	"sync"

	"go.uber.org/zap"
)

// errStopping means that the server cannot take calls any more: it stops.
var errStopping = errors.New("the server is being stopped")

// drain is whether the server refuses new calls: because an operator asked for
// it, which can be undone, or because it stops, which cannot.
type drain struct {
	mu       sync.Mutex
	on, stop bool
}

// draining says whether new calls are refused.
func (s *Server) draining() bool {
	s.drain.mu.Lock()
	defer s.drain.mu.Unlock()
	return s.drain.on
}

// refuseCalls begins to drain, or ends it. The calls that run go on either way.
func (s *Server) refuseCalls(on bool) error {
	s.drain.mu.Lock()
	defer s.drain.mu.Unlock()
	switch {
	case s.drain.on == on:
		return nil
	case s.drain.stop:
		return errStopping
	}
	s.drain.on = on
	if on {
		s.calls.Shut()
	} else {
		s.calls.Reopen()
	}
	s.log.Info("draining was asked for or undone", zap.Bool("draining", on))
	return nil
}

// stopCalls begins to drain for good.
func (s *Server) stopCalls() {
	s.drain.mu.Lock()
	defer s.drain.mu.Unlock()
	s.drain.on, s.drain.stop = true, true
	s.calls.Shut()
}

// serveDrain tells whether the server drains and how many calls are left. POST
// begins it without stopping the server, DELETE undoes it.
func (s *Server) serveDrain(w http.ResponseWriter, r *http.Request) {
	err := error(nil)
	switch r.Method {
	case http.MethodPost:
		err = s.refuseCalls(true)
	case http.MethodDelete:
		err = s.refuseCalls(false)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"draining": s.draining(), "calls": s.calls.Counts().Calls}) // whoever asked may be gone
}
