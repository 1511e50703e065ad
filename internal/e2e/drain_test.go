package e2e

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
)

const (
	drainKey  = "a key of the tests, thirty-two bytes or more"
	drainUser = "8:acs:6d1a2f0c-0000-4000-8000-000000000001_6d1a2f0c-0000-4000-8000-000000000002"
)

// retiring is a server process under calls that is asked to end.
type retiring struct {
	*process
	traffic *traffic
	dead    chan error // what the process ended with
	tried   []string   // calls that were to show that calls are taken
}

// retire starts one, with as many calls between an application and a bot.
func retire(t *testing.T, calls int, args ...string) (r *retiring, connections []string) {
	t.Helper()
	p := build(t, []byte(drainKey), args...)
	p.start()
	return engage(t, p, calls)
}

// engage has a running process carry as many calls.
func engage(t *testing.T, p *process, calls int) (r *retiring, connections []string) {
	t.Helper()
	r = &retiring{process: p, traffic: newTraffic(t, p.account, drainUser, 1), dead: make(chan error, 1)}
	for range calls {
		connections = append(connections, r.place())
	}
	for _, id := range connections {
		r.told(id, "CallConnected")
	}
	return r, connections
}

// place has an application call the bot.
func (r *retiring) place() string {
	r.t.Helper()
	got, err := r.create()
	var made struct{ CallConnectionID string }
	if err != nil || got.status != http.StatusCreated || got.decode(&made) != nil {
		r.t.Fatalf("a call is answered %d %s %v", got.status, got.body, err)
	}
	return made.CallConnectionID
}

func (r *retiring) create() (answer, error) {
	return r.ask(r.t.Context(), http.MethodPost, calling, map[string]any{
		"targets": []any{map[string]string{"rawId": "echo"}}, "callbackUri": r.traffic.receivers[0].URL + "/call/contract",
	})
}

// told waits until a connection was told of an event.
func (r *retiring) told(connection, kind string) {
	r.t.Helper()
	late := time.After(20 * time.Second)
	for {
		heard, more := r.traffic.witness.heard(connection, kind)
		if heard {
			return
		}
		select {
		case <-more:
		case <-late:
			r.t.Fatalf("%s is never told of %s", connection, kind)
		}
	}
}

// terminate asks the process to end, and waits until it says that it takes no
// calls.
func (r *retiring) terminate() {
	r.t.Helper()
	asked := time.Now()
	must(r.t, r.cmd.Process.Signal(syscall.SIGTERM))
	go func(cmd *exec.Cmd) { r.dead <- cmd.Wait() }(r.cmd)
	within(r.t, time.Second, "readyz is 503", func(ctx context.Context) error {
		got, err := r.plain(ctx, "/readyz")
		if err == nil && got.status != http.StatusServiceUnavailable {
			err = fmt.Errorf("it is %d", got.status)
		}
		return err
	})
	r.t.Logf("not ready after %v", time.Since(asked))
}

// plain asks without credentials.
func (r *retiring) plain(ctx context.Context, path string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.endpoint+path, nil)
	if err != nil {
		return answer{}, err
	}
	return r.send(req)
}

// ends waits for the end of the process.
func (r *retiring) ends(most time.Duration) error {
	r.t.Helper()
	select {
	case err := <-r.dead:
		r.cmd = nil
		return err
	case <-time.After(most):
		r.t.Fatalf("the process goes on for more than %v", most)
		return nil
	}
}

// judge starts the process again and holds what was told, then and now, against
// the log: nothing lost, nothing out of order, one closing event each.
func (r *retiring) judge(connections []string) map[string][]event {
	r.t.Helper()
	r.start()
	log := everything(r.t, r.account)
	maps.DeleteFunc(log, func(id string, events []event) bool {
		if err := wellFormed(events); err != nil {
			r.t.Errorf("the log of %s: %v", id, err)
		}
		return !slices.Contains(connections, id) // the bots' own, which nobody is told of
	})
	r.traffic.witness.wait(r.t, log)
	w := r.traffic.witness
	w.mu.Lock()
	defer w.mu.Unlock()
	judgeIDs(r.t, log)
	told, again := judgeTold(r.t, w, log)
	r.t.Logf("%d events told, %d of them again", told, again)
	for _, id := range connections {
		if len(log[id]) == 0 || !log[id][len(log[id])-1].closes() {
			r.t.Errorf("%s has no closing event", id)
		}
	}
	return log
}

// caller is a program that calls the bot over signalling and hears itself.
func (r *retiring) caller() *guest {
	r.t.Helper()
	g := r.idle()
	if m := g.ask("start", map[string]any{"targets": []any{map[string]any{"rawId": "echo"}}, "sdp": g.offer()}); m.Type != "ok" {
		r.t.Fatalf("calling is answered %s", raw(m))
	}
	g.flow()
	g.sing(singing)
	g.hears(singing)
	return g
}

// idle is one that is registered only.
func (r *retiring) idle() *guest {
	r.t.Helper()
	got, err := r.ask(r.t.Context(), http.MethodPost, "/identities?api-version=2023-10-01", map[string]any{"createTokenWithScopes": []string{"voip"}})
	var made struct{ AccessToken struct{ Token string } }
	if err != nil || got.decode(&made) != nil || made.AccessToken.Token == "" {
		r.t.Fatalf("a user is answered %d %s %v", got.status, got.body, err)
	}
	g := dialAt(r.t, strings.Replace(r.endpoint, "http:", "ws:", 1), &http.Client{})
	g.say(map[string]any{"type": "hello", "token": made.AccessToken.Token})
	g.await("welcome", func(m said) bool { return m.Type == "welcome" })
	return g
}

// TestFiftyCallsGoOnWhileTheServerDrains is a stop as a supervisor does it.
func TestFiftyCallsGoOnWhileTheServerDrains(t *testing.T) {
	const limit = 5 * time.Second
	r, connections := retire(t, 48, "--drain-timeout", limit.String())
	stays, leaves, late := r.caller(), r.caller(), r.idle()
	asked := time.Now()
	r.terminate()

	got, err := r.create()
	if err != nil {
		t.Fatal(err)
	}
	refused(t, got, http.StatusServiceUnavailable, "9998", "")
	if wait, err := strconv.Atoi(got.header.Get("Retry-After")); err != nil || wait < 1 {
		t.Errorf("Retry-After is %q", got.header.Get("Retry-After"))
	}
	late.refused(503, 9998, "start", map[string]any{"targets": []any{map[string]any{"rawId": "echo"}}, "sdp": late.offer()})
	late.refused(503, 9998, "join", map[string]any{"call": "c2", "groupId": "new", "sdp": late.pc.LocalDescription().SDP})
	if got, err := r.plain(t.Context(), "/healthz"); err != nil || got.status != http.StatusOK {
		t.Errorf("healthz: %d %v", got.status, err)
	}

	// What runs is heard and controlled as before, and may end by itself.
	stays.hears(singing)
	if m := leaves.ask("hangup", nil); m.Type != "ok" {
		t.Errorf("hanging up is answered %s", raw(m))
	}
	if why := leaves.reach("Disconnected").Reason; why == nil || why.Code != 0 {
		t.Errorf("who hung up was told %s", raw(why))
	}
	for _, id := range connections[:2] {
		if got, err := r.ask(t.Context(), http.MethodPost, calling+"/"+id+":terminate", nil); err != nil || got.status != http.StatusNoContent {
			t.Errorf("ending a call: %d %s %v", got.status, got.body, err)
		}
		r.told(id, "CallDisconnected")
	}

	if why := stays.reach("Disconnected").Reason; why == nil || why.Code != 503 || why.Subcode != 9998 {
		t.Errorf("who stayed was told %s", raw(why))
	}
	if err := r.ends(limit + 10*time.Second); err != nil {
		t.Errorf("the process ended with %v", err)
	}
	took := time.Since(asked)
	if took < limit {
		t.Errorf("it ended after %v, before the drain limit", took)
	}
	t.Logf("ended after %v, of which %v were the drain limit", took, limit)
	log := r.judge(connections)
	for i, id := range connections {
		last := log[id][len(log[id])-1]
		if byLimit := strings.Contains(string(last.Data), `"subCode":9998`); byLimit != (i >= 2) {
			t.Errorf("%s ended with %v", id, last)
		}
	}
}

func TestASecondSignalEndsTheServerAtOnce(t *testing.T) {
	r, connections := retire(t, 3) // with a drain limit of minutes
	r.terminate()
	must(t, r.cmd.Process.Signal(syscall.SIGTERM))
	asked := time.Now()
	if err := r.ends(5 * time.Second); err == nil {
		t.Error("it ended as if it had drained")
	}
	t.Logf("ended after %v", time.Since(asked))
	for id, log := range r.judge(connections) {
		if last := log[len(log)-1]; !strings.Contains(string(last.Data), "9999") {
			t.Errorf("%s ended with %v", id, last)
		}
	}
}

// TestDrainingIsBegunAndUndoneByAnOperator asks at the admin address.
func TestDrainingIsBegunAndUndoneByAnOperator(t *testing.T) {
	h := openHouse(t, botd.Bot("patient", func(ctx context.Context, c *bot.Call) error {
		if err := c.Answer(ctx); err != nil {
			return err
		}
		<-ctx.Done()
		return nil
	}))
	create := func() answer {
		got, err := h.ask(t.Context(), http.MethodPost, calling, map[string]any{
			"targets": []any{map[string]string{"rawId": "patient"}}, "callbackUri": callback,
		})
		must(t, err)
		return got
	}
	var runs struct{ CallConnectionID string }
	must(t, create().decode(&runs))
	h.event(runs.CallConnectionID, "CallConnected", "")
	ann := h.newUser()
	room := h.newRoom(nil, map[string]call.Role{ann.id: call.Presenter})
	g := h.enter(ann)

	if status, body := h.admin(http.MethodPost, ""); status != http.StatusOK || !strings.Contains(body, `"calls":1,"draining":true`) {
		t.Errorf("draining is answered %d %s", status, body)
	}
	if got := h.front("/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("readyz while draining is %d", got)
	}
	refused(t, create(), http.StatusServiceUnavailable, "9998", "")
	g.refused(503, 9998, "join", map[string]any{"roomId": room.ID, "sdp": g.offer()})
	h.rest(http.StatusOK, http.MethodGet, calling+"/"+runs.CallConnectionID, nil)

	// A page that the operator looks at elsewhere does nothing.
	if status, _ := h.admin(http.MethodDelete, "https://evil.example"); status != http.StatusForbidden {
		t.Errorf("another page is answered %d", status)
	}
	if got := h.front("/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("readyz after another page asked is %d", got)
	}

	if status, body := h.admin(http.MethodDelete, ""); status != http.StatusOK || !strings.Contains(body, `"draining":false`) {
		t.Errorf("undoing is answered %d %s", status, body)
	}
	if got := h.front("/readyz"); got != http.StatusOK {
		t.Errorf("readyz afterwards is %d", got)
	}
	if got := create(); got.status != http.StatusCreated {
		t.Errorf("a call afterwards is answered %d %s", got.status, got.body)
	}
	must(t, g.pc.GracefulClose()) // it was refused; the next offer makes another
	g.join(map[string]any{"call": "c2", "roomId": room.ID})
	h.logged("draining", "true")
	h.logged("draining", "false")
	if n := h.counted("botd_refused_total", `limit="calls"`); n != 2 {
		t.Errorf("%d calls were counted as refused, want 2", n)
	}
	if e := h.records("CallDisconnected", runs.CallConnectionID); len(e) > 0 {
		t.Errorf("the call that ran has ended: %v", e)
	}
}

// admin asks to drain or not to, from a page of that origin if there is one.
func (h *house) admin(method, origin string) (int, string) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, "http://"+h.AdminAddr()+"/drain", nil)
	must(h.t, err)
	if origin != "" {
		req.Header.Set("Origin", origin)
	}
	got, err := h.send(req)
	must(h.t, err)
	return got.status, string(got.body)
}

// front asks without credentials and returns the status.
func (h *house) front(path string) int {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.endpoint+path, nil)
	must(h.t, err)
	got, err := h.send(req)
	must(h.t, err)
	return got.status
}
