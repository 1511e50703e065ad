package webhooks

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
)

func TestAnEnvelopeIsAnArrayOfOneCloudEvent(t *testing.T) {
	r := talking(1).event()
	r.Time = time.Date(2030, 5, 1, 12, 0, 5, 123456700, time.FixedZone("", 7200))
	r.Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	r.Data = json.RawMessage(`{"a":"<&>","time":"2030-05-01T10:00:05.1234567Z"}`)
	got, err := envelope(r)
	if err != nil {
		t.Fatal(err)
	}
	source := "calling/callConnections/" + r.Connection
	want := `[{"specversion":"1.0","id":"` + r.ID + `","source":"` + source + `","type":"` + r.Type + `","subject":"` + source +
		`","datacontenttype":"application/json","time":"2030-05-01T10:00:05.1234567+00:00","data":{"a":"<&>","time":"2030-05-01T10:00:05.1234567Z"},` +
		`"callsequence":"1","sequence":"1","traceparent":"` + r.Trace + `"}]`
	if string(got) != want {
		t.Errorf("wrote\n%s, want\n%s", got, want)
	}
}

func TestASignatureIsThatOfTheSpecification(t *testing.T) {
	// The values every library of Standard Webhooks is tested with.
	secret, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	sign(h, [][]byte{secret, []byte("older")}, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	signatures := strings.Fields(h.Get("Webhook-Signature"))
	if len(signatures) != 2 || signatures[0] != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("signed %v", signatures)
	}
	if h.Get("Webhook-Timestamp") != "1614265330" {
		t.Errorf("at %s", h.Get("Webhook-Timestamp"))
	}
	unsigned := http.Header{}
	sign(unsigned, nil, "msg_1", time.Now(), nil)
	if len(unsigned) != 0 {
		t.Errorf("signed by nobody: %v", unsigned)
	}
}

func TestBackOffGrowsToItsLimitAndJitters(t *testing.T) {
	s := Schedule{First: time.Second, Longest: 30 * time.Second, Jitter: 0.2}
	for n, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 6: 30 * time.Second, 1000: 30 * time.Second} {
		if got := s.after(n, 0.5); got != want {
			t.Errorf("the %d-th failure waits %s", n, got)
		}
	}
	if low, high := s.after(1, 0), s.after(1, 1); low != 800*time.Millisecond || high != 1200*time.Millisecond {
		t.Errorf("jitter from %s to %s", low, high)
	}
}

func TestAShutGateLetsOneProbeThroughAtATime(t *testing.T) {
	var g gate
	now := time.Now()
	wait := func(n int) time.Duration { return time.Duration(n) * time.Second }
	for range tripped {
		if !g.passes(now) {
			t.Fatal("shut too early")
		}
		g.begin()
		g.fail(now, wait)
	}
	if g.passes(now) || !g.passes(now.Add(time.Second)) {
		t.Error("not shut for a second")
	}
	g.begin()
	if g.passes(now.Add(time.Hour)) {
		t.Error("two probes at once")
	}
	if d := g.fail(now, wait); d != 2*time.Second {
		t.Errorf("then shut for %s", d)
	}
	g.waiting = []*queue{{}, {}}
	if released := g.succeed(); len(released) != 2 || !g.passes(now) {
		t.Error("success does not open it")
	}
}

func TestOnePathThatFailsDoesNotShutItsEndpoint(t *testing.T) {
	var g gate
	wait := func(int) time.Duration { return time.Second }
	for range 100 {
		g.failPath("/dead", time.Now(), wait)
	}
	if g.shut() {
		t.Error("shut by one path")
	}
	for n := range tripped {
		g.failPath(fmt.Sprint("/dead/", n), time.Now(), wait)
	}
	if !g.shut() {
		t.Error("open although every path fails")
	}
}

func TestTimersRunInOrderOfTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		timers := newTimers()
		var ran []int
		for _, n := range []int{3, 1, 2} {
			timers.in(time.Duration(n)*time.Hour, func() { ran = append(ran, n) })
		}
		for len(ran) < 3 {
			<-timers.timer.C
			timers.run()
		}
		if !slices.Equal(ran, []int{1, 2, 3}) {
			t.Errorf("ran %v", ran)
		}
	})
}

func TestAQueueKeepsWhatFailedLateInFront(t *testing.T) {
	q := &queue{told: 9}
	for p := uint64(10); p < 14; p++ {
		q.offer(owed{position: p}, true)
	}
	q.hush(10)
	q.hush(11)
	q.relapse(11, time.Now())
	q.relapse(10, time.Now())
	if o, _ := q.head(); o.position != 10 || q.first() != 10 {
		t.Errorf("next is %d", o.position)
	}
	q.settle(10)
	q.settle(11)
	if o, _ := q.head(); o.position != 12 || q.told != 11 || q.first() != 12 {
		t.Errorf("then %d, told %d", o.position, q.told)
	}
}

func TestALongQueueListsOnlyItsBeginning(t *testing.T) {
	q := &queue{told: 9}
	for p := uint64(10); p < 1000; p++ {
		q.offer(owed{position: p}, true)
	}
	if len(q.owed) != listed || q.read != 9+listed || q.behind != 999 {
		t.Errorf("lists %d, reads after %d up to %d", len(q.owed), q.read, q.behind)
	}
	for p := uint64(10); p < 10+listed; p++ {
		q.settle(p)
	}
	if _, ok := q.head(); ok || !q.pending() {
		t.Error("it does not know that more is in the log")
	}
	later := time.Now()
	q.page([]owed{{position: 100, record: &call.Record{Time: later}}}, 500)
	if !q.unread.Equal(later) || q.behind != 999 {
		t.Errorf("what is behind was written at %s or later", q.unread)
	}
	q.unlist()
	if o, ok := q.head(); ok || q.read >= 100 || !q.unread.Equal(later) {
		t.Errorf("lists %d, reads after %d", o.position, q.read)
	}
	q.page([]owed{{position: 998}}, 999)
	if o, _ := q.head(); o.position != 998 || q.behind != 0 {
		t.Errorf("read %d", o.position)
	}
}

func TestACursorStandsForItsQueue(t *testing.T) {
	q := &queue{
		key: key{"owner", "http://x/"}, kind: callback, call: "c", connection: "owner", shard: 3, uri: "http://x/",
		main: true, all: true, ack: true, told: 20, again: []uint64{7}, owed: []owed{{position: 21}}, parked: true,
	}
	data, err := json.Marshal(line{Cursors: []cursor{q.cursor()}, Floors: []uint64{1, 2, 3, 40}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := parseLine(data, 4)
	if err != nil {
		t.Fatal(err)
	}
	got := l.Cursors[0].queue(40)
	if got.key != q.key || got.told != 20 || !slices.Equal(got.again, q.again) || got.read != 20 || got.behind != 40 || !got.main || !got.all || !got.ack {
		t.Errorf("came back as %+v", got)
	}
	if !l.Cursors[0].live(40) || (cursor{Told: 40}).live(40) || !(cursor{Told: 41}).live(40) {
		t.Error("it is not known which cursors are needed")
	}
}

func TestSeatsAreForgottenInTurn(t *testing.T) {
	var s seats
	for n := range 3 * seated {
		s.put(fmt.Sprint(n), call.Telling{URI: "u"})
		s.get("0")
	}
	if _, ok := s.get("0"); !ok {
		t.Error("one that speaks all the time is forgotten")
	}
	if _, ok := s.get("1"); ok {
		t.Error("one that is silent is remembered for ever")
	}
	s.drop("0")
	if _, ok := s.get("0"); ok {
		t.Error("one that is over is remembered")
	}
}

func FuzzAnAddressIsKeptAsItIs(f *testing.F) {
	f.Add("https://example.org:8443/a%2Fb?x=4:+1")
	f.Add("http://[::1]/?")
	f.Add("HTTP://x")
	f.Add("https://example.org//hooks/%2F?a")
	f.Add("https://example.org//hooks|x")
	f.Fuzz(func(t *testing.T, raw string) {
		to, err := parseTarget(raw)
		if err != nil {
			return
		}
		req, err := post(t.Context(), to, http.Header{}, nil)
		if err != nil {
			return
		}
		sent := req.URL.RequestURI()
		_, rest, _ := strings.Cut(raw, "://")
		at := strings.IndexAny(rest, "/?#")
		if at < 0 {
			at = len(rest)
		}
		want, _, _ := strings.Cut(rest[at:], "#")
		if !strings.HasPrefix(want, "/") {
			want = "/" + want
		}
		if strings.HasPrefix(want, "//") {
			sent = strings.TrimPrefix(sent, to.scheme+"://"+to.host)
		}
		if sent != want {
			t.Errorf("%q asks for %q, want %q", raw, sent, want)
		}
	})
}

func FuzzAnEnvelopeIsJSON(f *testing.F) {
	f.Add("id", "Microsoft.Communication.X", "connection", "subject", `{"a":1}`, int64(1))
	f.Add("", "", "", "", `}`, int64(-1))
	f.Fuzz(func(t *testing.T, id, kind, connection, subject, data string, at int64) {
		r := call.Record{ID: id, Type: kind, Connection: connection, Subject: subject, Data: json.RawMessage(data), Time: time.Unix(at%1e10, 0), Sequence: 1}
		for _, form := range []func() ([]byte, error){
			func() ([]byte, error) { return envelope(r) },
			func() ([]byte, error) { return gridEnvelope(r, "topic") },
			func() ([]byte, error) { return cloudEnvelope(r, "topic") },
		} {
			if body, err := form(); err == nil && !json.Valid(body) {
				t.Errorf("wrote %q", body)
			}
		}
	})
}

func FuzzALineOfTheLedgerIsReadOrRefused(f *testing.F) {
	f.Add([]byte(`{"cursors":[{"o":"a","d":"b","k":"callback","s":1,"t":5}],"floors":[1,2,3,4]}`))
	f.Add([]byte(`{"cursors":[{"s":-1}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := parseLine(data, 4)
		if err != nil {
			return
		}
		for _, c := range l.Cursors {
			_ = c.queue(10).first()
		}
	})
}
