package botd

import (
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
)

// TestAServerThatStopsDoesNotTakeCallsAgain undoes the draining of an operator,
// and not that of a stop.
func TestAServerThatStopsDoesNotTakeCallsAgain(t *testing.T) {
	s, w := start(t, func(*Config) {}), listenTo(t)
	drain := func(method string, want int) {
		t.Helper()
		answer := httptest.NewRecorder()
		s.serveDrain(answer, httptest.NewRequestWithContext(t.Context(), method, "/drain", nil))
		if answer.Code != want {
			t.Errorf("%s is answered %d %s, want %d", method, answer.Code, answer.Body, want)
		}
	}
	drain(http.MethodPost, http.StatusOK)
	drain(http.MethodPost, http.StatusOK)
	if status, _ := callPatient(t, s, w, nil); status != http.StatusServiceUnavailable {
		t.Errorf("a call while draining: %d", status)
	}
	drain(http.MethodDelete, http.StatusOK)
	if status, body := callPatient(t, s, w, nil); status != http.StatusCreated {
		t.Errorf("a call afterwards: %d %s", status, body)
	}
	w.next(t, "CallConnected")

	stopped := make(chan error, 1)
	go func() { stopped <- s.Stop(context.WithoutCancel(t.Context())) }()
	for !s.draining() {
		runtime.Gosched()
	}
	drain(http.MethodPost, http.StatusOK)
	drain(http.MethodDelete, http.StatusConflict)
	drain(http.MethodGet, http.StatusOK)
	if status, _ := callPatient(t, s, w, nil); status != http.StatusServiceUnavailable {
		t.Errorf("a call while stopping: %d", status)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}
