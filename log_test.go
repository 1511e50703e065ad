package botd

import (
	"encoding/json"
	"net"
	"net/http"
	"strconv"
	"testing"
	"time"

	nats "github.com/nats-io/nats-server/v2/server"
)

// store is a NATS server outside of botd, on loopback.
type store struct {
	t   *testing.T
	opt nats.Options
	now *nats.Server
}

func runStore(t *testing.T) *store {
	o := &store{t: t, opt: nats.Options{
		Host: "127.0.0.1", Port: nats.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, NoSigs: true,
	}}
	o.start()
	t.Cleanup(o.stop)
	return o
}

func (o *store) start() {
	o.t.Helper()
	opt := o.opt
	s, err := nats.NewServer(&opt)
	if err != nil {
		o.t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		o.t.Fatal("the store is not ready")
	}
	o.now, o.opt.Port = s, s.Addr().(*net.TCPAddr).Port
}

func (o *store) stop() {
	o.now.Shutdown()
	o.now.WaitForShutdown()
}

// readiness asks /readyz until it has the wanted status, and says how often.
func readiness(t *testing.T, s *Server, want int) int {
	t.Helper()
	for tries := 1; ; tries++ {
		if status, _ := ask(t, s, http.MethodGet, "/readyz", "", nil); status == want {
			return tries
		}
		if t.Context().Err() != nil {
			t.Fatalf("/readyz never is %d", want)
		}
	}
}

// created makes a call to the patient bot and returns its id when the webhook
// has been told that it is connected.
func created(t *testing.T, s *Server, w *told) string {
	t.Helper()
	status, body := callPatient(t, s, w, nil)
	if status != http.StatusCreated {
		t.Fatalf("%d: %s", status, body)
	}
	w.next(t, "CallConnected")
	return connectionIn(t, body)
}

func connectionIn(t *testing.T, body []byte) string {
	t.Helper()
	var answer struct {
		ID string `json:"callConnectionId"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.ID == "" {
		t.Fatalf("no connection in %s, %v", body, err)
	}
	return answer.ID
}

func pathOf(connection, rest string) string {
	return "/calling/callConnections/" + connection + rest + "?api-version=2026-03-12"
}

func TestCallsGoOnWhileTheStoreOutsideIsAwayAndNobodyIsRestarted(t *testing.T) {
	outside := runStore(t)
	s, w := start(t, func(c *Config) { c.NATSURL = outside.now.ClientURL() }), listenTo(t)
	connection := created(t, s, w)
	readiness(t, s, http.StatusOK)

	outside.stop()
	// A store that is gone is known by the first who asks: nothing to wait for.
	if tries := readiness(t, s, http.StatusServiceUnavailable); tries > 1 {
		t.Errorf("ready %d times without a store", tries-1)
	}
	if status, _ := ask(t, s, http.MethodGet, "/healthz", "", nil); status != http.StatusOK {
		t.Errorf("alive is %d", status)
	}
	if status, body := ask(t, s, http.MethodGet, pathOf(connection, ""), "", nil); status != http.StatusOK {
		t.Errorf("the call is not shown: %d %s", status, body)
	}
	hungUp := make(chan int, 1)
	go func() { // answered when its events are durable
		status, _ := ask(t, s, http.MethodPost, pathOf(connection, ":terminate"), "", nil)
		hungUp <- status
	}()
	if status, _ := ask(t, s, http.MethodGet, pathOf(connection, ""), "", nil); status != http.StatusOK {
		t.Errorf("what is not durable is shown: %d", status)
	}
	ticks := time.NewTicker(10 * time.Millisecond)
	defer ticks.Stop()
	for !s.journal.Stalled() {
		<-ticks.C
	}
	if status, body := callPatient(t, s, w, nil); status != http.StatusServiceUnavailable {
		t.Errorf("a new call without a store: %d %s", status, body)
	}

	outside.start()
	readiness(t, s, http.StatusOK)
	if status := <-hungUp; status/100 != 2 {
		t.Errorf("hanging up: %d", status)
	}
	w.next(t, "CallDisconnected")
	created(t, s, w)
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAReadAfterAnEventIsNeverOlderThanTheEvent(t *testing.T) {
	s, w := start(t, func(*Config) {}), listenTo(t)
	header := http.Header{"Botd-Events": {"all"}}
	for range 20 {
		status, body := callPatient(t, s, w, header)
		if status != http.StatusCreated {
			t.Fatalf("%d: %s", status, body)
		}
		connection := connectionIn(t, body)
		for state := ""; state != "connected"; {
			e := w.next(t, "state")
			var said struct {
				Connection string `json:"callConnectionId"`
				State      string `json:"state"`
			}
			if err := json.Unmarshal(e.Data, &said); err != nil {
				t.Fatal(err)
			}
			if said.Connection != connection || e.Type != "botd.connection.state" {
				continue
			}
			state = said.State
			checkNotOlder(t, s, connection, e, state)
		}
		if status, body := ask(t, s, http.MethodPost, pathOf(connection, ":terminate"), "", nil); status/100 != 2 {
			t.Fatalf("%d: %s", status, body)
		}
		w.next(t, "CallDisconnected")
		if status, _ := ask(t, s, http.MethodGet, pathOf(connection, ""), "", nil); status != http.StatusNotFound {
			t.Errorf("a call whose end was told is shown: %d", status)
		}
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// checkNotOlder reads a connection after an event of it, with and without
// minSequence, and its log.
func checkNotOlder(t *testing.T, s *Server, connection string, e posted, state string) {
	t.Helper()
	for _, path := range []string{pathOf(connection, ""), pathOf(connection, "") + "&minSequence=" + strconv.FormatUint(e.Sequence, 10)} {
		status, body := ask(t, s, http.MethodGet, path, "", nil)
		var read struct {
			State string `json:"callConnectionState"`
		}
		if err := json.Unmarshal(body, &read); status != http.StatusOK || err != nil {
			t.Fatalf("%d: %s", status, body)
		}
		if read.State != state && read.State != "connected" {
			t.Errorf("told %s, read %s", state, read.State)
		}
	}
	records, err := s.Events(t.Context(), connection, e.Sequence-1, 1)
	if err != nil || len(records) != 1 || records[0].ID != e.ID {
		t.Errorf("event %d of the log is %v, %v", e.Sequence, records, err)
	}
}

func TestAFullLogRefusesNewCallsAndLetsTheOthersEnd(t *testing.T) {
	s, w := start(t, func(c *Config) { c.LogMaxBytes = 100_000 }), listenTo(t)
	connection := created(t, s, w)
	others := 0
	for {
		status, body := callPatient(t, s, w, nil)
		if status == http.StatusServiceUnavailable {
			break
		}
		if status != http.StatusCreated {
			t.Fatalf("%d: %s", status, body)
		}
		w.next(t, "CallConnected")
		others++
	}
	t.Logf("%d calls fitted", others)
	if status, body := ask(t, s, http.MethodPost, pathOf(connection, ":terminate"), "", nil); status/100 != 2 {
		t.Errorf("%d: %s", status, body)
	}
	w.next(t, "CallDisconnected")
	again := s.cfg
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}

	again.LogMaxBytes = 1 << 30
	s, err := Start(t.Context(), again, patient())
	if err != nil {
		t.Fatal(err)
	}
	created(t, s, w)
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}
