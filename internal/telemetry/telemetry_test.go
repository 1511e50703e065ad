package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

const (
	webToken = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"
	offer    = "v=0\r\no=- 1 1 IN IP4 203.0.113.9\r\na=ice-pwd:verysecretpassword\r\n"
)

// Each row logs one thing that must not be read, and says what may be.
var unsaid = []struct {
	name    string
	field   zap.Field
	leak    string
	remains string
}{
	{"an access key by name", zap.String("access-key", "c2VjcmV0"), "c2VjcmV0", Hidden},
	{"a token spelled another way", zap.String("Access_Token", "abcdef"), "abcdef", Hidden},
	{"a header", zap.String("authorization", "Bearer abcdef"), "abcdef", Hidden},
	{"keys that were pressed", zap.String("digits", "4711"), "4711", Hidden},
	{"keys as a list", zap.Strings("tones", []string{"four", "seven"}), "four", Hidden},
	{"a number of keys", zap.Int("digits", 4711), "4711", Hidden},
	{"what somebody said", zap.String("transcript", "my name is Bond"), "Bond", Hidden},
	{"a session description by name", zap.String("sdp", offer), "ice-pwd", Hidden},
	{"a session description by form", zap.String("body", offer), "verysecret", Hidden},
	{"a phone number keeps four digits", zap.String("from", "4:+15551230001"), "1555123", "4:+…0001"},
	{"a phone number in a URL", zap.String("path", "/numbers/%2B15551230001/x"), "555123", "+…0001/x"},
	{"a web token by form", zap.String("query", "a="+webToken+" b"), "eyJhbGci", "a=" + Hidden + " b"},
	{"a bearer token in an error", zap.Error(errors.New(`said "Bearer abc.def"`)), "abc.def", "Bearer " + Hidden},
	{"a number in a wrapped error", zap.Error(fmt.Errorf("call +46812345678: %w", io.EOF)), "812345", "call +…5678: EOF"},
	{"the key of a callback", zap.String("uri", "https://x.example/cb?a=1&code=s3cr3t&b=2"), "s3cr3t", "?a=1&code=" + Hidden + "&b=2"},
	{"a connection string", zap.String("use", "endpoint=https://h/;accesskey=Zm9v"), "Zm9v", ";accesskey=" + Hidden},
	{"a signature", zap.String("header", "HMAC-SHA256 SignedHeaders=host&Signature=Zm9v"), "Zm9v", "Signature=" + Hidden},
	{"a password in a URL", zap.String("uri", "nats://bot:s3cr3t@nats:4222"), "s3cr3t", "nats://bot:" + Hidden + "@nats:4222"},
	{"bytes", zap.ByteString("body", []byte(`call +15551230001`)), "5551230", "+…0001"},
	{"a struct", zap.Any("request", struct{ Token, To string }{"abc", "+15551230001"}), "abc", "+…0001"},
	{"a map in a list", zap.Any("all", []any{map[string]any{"pin": "1234", "x": "y"}}), "1234", `"x":"y"`},
	{"a stringer", zap.Stringer("at", stringer("+15551230001")), "5551230", "+…0001"},
	{"an object", zap.Object("peer", object{}), "1234", Hidden},
	{"an inline object", zap.Inline(object{}), "1234", Hidden},
	{"the passcode of a meeting", zap.String("passcode", "aB3xYz"), "aB3xYz", Hidden},
	{"the link of a meeting", zap.String("meetingLink", "https://meet.example/j/s3cr3tpath"), "s3cr3tpath", Hidden},
	{"the id of a meeting", zap.String("meeting-id", "123456789012"), "123456789012", Hidden},
	{"the coordinates of a meeting in a body", zap.Any("room", map[string]any{"meetingId": "123456789012", "id": "99"}), "123456789012", `"id":"99"`},
	{"the passcode of a meeting in a URL", zap.String("uri", "https://x.example/join?id=1&passcode=aB3xYz"), "aB3xYz", "&passcode=" + Hidden},
	{"a phone number that is told from others", zap.String("from", "4:+15551230001_a1b2"), "1555123", "+…0001_a1b2"},
	{"more digits than a number has", zap.String("from", "+1555123000112345678"), "15551230", "+…5678"},
	{"a phone number without a plus", zap.String("userId", "4:0301234567"), "03012345", "4:…4567"},
	{"what a telephone system dials", zap.Error(errors.New(`add 4:*31#0301234567: gone`)), "0301234", "add 4:…4567: gone"},
	{"a phone number in a path", zap.String("path", "/participants/4%3A0301234567"), "0301234", "4%3A…4567"},
	{"a phone number in a URL in a URL", zap.String("path", "?to=%252B15551230001"), "5551230", "+…0001"},
	{"a SIP address", zap.String("peer", "sip:0301234567@trunk.example"), "0301234", "sip:…4567@trunk.example"},
	{"a telephone address", zap.String("peer", "<tel:0301234567>"), "0301234", "tel:…4567>"},
	{"a port, which is none", zap.String("remote", "10.0.0.4:50123"), Hidden, "10.0.0.4:50123"},
	{"a connection string the other way round", zap.String("use", "accesskey=Zm9v;endpoint=https://h/"), "Zm9v", "accesskey=" + Hidden},
	{"a password with an at sign", zap.String("uri", "nats://bot:s3@cr3t@nats:4222"), "cr3t", "nats://bot:" + Hidden + "@nats:4222"},
	{"a token for a user in a URL", zap.String("uri", "nats://s3cr3t@nats:4222"), "s3cr3t", "nats://" + Hidden + "@nats:4222"},
	{"a key in a query of another name", zap.String("uri", "wss://x.example/s?api_key=s3cr3t&x=1"), "s3cr3t", "?api_key=" + Hidden + "&x=1"},
	{"a password in a query", zap.String("uri", "https://x.example/?pwd=s3cr3t"), "s3cr3t", "?pwd=" + Hidden},
	{"credentials of a cloud", zap.String("uri", "https://x.example/?X-Amz-Credential=s3cr3t"), "s3cr3t", "Credential=" + Hidden},
	{"a secret of a longer name", zap.String("clientSecret", "s3cr3t"), "s3cr3t", Hidden},
	{"a header of a longer name", zap.String("X-Api-Key", "s3cr3t"), "s3cr3t", Hidden},
	{"bytes that are no text", zap.Binary("body", []byte("s3cr3t")), "czNjcjN0", Hidden},
	{"what has nothing to hide", zap.Stringer("address", netip.MustParseAddr("192.0.2.1")), Hidden, "192.0.2.1"},
	{"a duration and a count", zap.Int("packets", 12345678), Hidden, "12345678"},
}

type stringer string

func (s stringer) String() string { return string(s) }

type object struct{}

func (object) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddString("passcode", "1234")
	return nil
}

func TestWhatMustNotBeReadIsNotLogged(t *testing.T) {
	for _, dev := range []bool{true, false} {
		for _, row := range unsaid {
			t.Run(fmt.Sprintf("%s, dev %v", row.name, dev), func(t *testing.T) {
				log, out := start(t, dev)
				log.Info("As a field", row.field)
				log.With(row.field).Info("As context")
				for line := range strings.Lines(out.String()) {
					if strings.Contains(line, row.leak) || !strings.Contains(line, row.remains) {
						t.Errorf("got %s want %s without %s", line, row.remains, row.leak)
					}
				}
			})
		}
	}
}

func TestAMessageIsRedactedToo(t *testing.T) {
	log, out := start(t, false)
	log.Info("someone forgot: +15551230001")
	if strings.Contains(out.String(), "15551230") {
		t.Error(out)
	}
}

func TestLogsAreJSONUnlessForAPerson(t *testing.T) {
	log, out := start(t, false)
	log.Info("Ready", zap.String("address", "127.0.0.1:8080"))
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	if line["msg"] != "Ready" || line["level"] != "info" || line["address"] != "127.0.0.1:8080" || line["time"] == nil {
		t.Errorf("got %v", line)
	}
	log, out = start(t, true)
	log.Debug("Ready")
	if json.Valid(out.Bytes()) || !strings.Contains(out.String(), "Ready") {
		t.Errorf("in dev: %s", out)
	}
}

func TestLinesAreCountedByLevel(t *testing.T) {
	tel, err := Start(t.Context(), Config{Output: io.Discard, Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	tel.Log.Warn("One")
	tel.Log.Warn("Two")
	families, err := tel.Metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "botd_log_lines_total" && f.GetMetric()[0].GetCounter().GetValue() == 2 {
			return
		}
	}
	t.Error("botd_log_lines_total is not 2")
}

func TestTraceIdsGoOnWithoutACollector(t *testing.T) {
	tel, err := Start(t.Context(), Config{Output: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	in := propagation.MapCarrier{"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
	ctx, span := tel.Traces.Tracer("test").Start(tel.Propagator.Extract(t.Context(), in), "work")
	defer span.End()
	if got := trace.SpanContextFromContext(ctx).TraceID().String(); got != "4bf92f3577b34da6a3ce929d0e0e4736" {
		t.Errorf("the trace id is %s", got)
	}
	out := propagation.MapCarrier{}
	tel.Propagator.Inject(ctx, out)
	if !strings.Contains(out["traceparent"], "4bf92f3577b34da6a3ce929d0e0e4736") || out["traceparent"] == in["traceparent"] {
		t.Errorf("handed on %q", out["traceparent"])
	}
	_, fresh := tel.Traces.Tracer("test").Start(context.Background(), "alone")
	if !fresh.SpanContext().IsValid() {
		t.Error("a trace that starts here has no id")
	}
	if err := tel.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSpansReachTheCollectorByShutdown(t *testing.T) {
	paths := make(chan string, 8)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { paths <- r.URL.Path }))
	defer collector.Close()
	tel, err := Start(t.Context(), Config{Output: io.Discard, OTLPEndpoint: collector.URL})
	if err != nil {
		t.Fatal(err)
	}
	_, span := tel.Traces.Tracer("test").Start(t.Context(), "work")
	span.End()
	if err := tel.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case path := <-paths:
		if path != "/v1/traces" {
			t.Errorf("posted to %s", path)
		}
	default:
		t.Error("nothing was sent")
	}
}

func FuzzAPhoneNumberNeverSurvives(f *testing.F) {
	f.Add("call ", " now")
	f.Add("4:", "\r\n")
	f.Add("4:", "_a1")
	f.Add("", "99999999")
	f.Fuzz(func(t *testing.T, before, after string) {
		if strings.Contains(redactText(before+"+15551230001"+after), "+1555123") {
			t.Errorf("%q lets it through", before+"…"+after)
		}
	})
}

func BenchmarkALineWithThreeFields(b *testing.B) {
	tel, err := Start(b.Context(), Config{Output: io.Discard})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		tel.Log.Info("Call ended", zap.String("call", "0123456789"), zap.String("from", "4:+15551230001"), zap.Int("code", 487))
	}
}

func start(t *testing.T, dev bool) (*zap.Logger, *bytes.Buffer) {
	t.Helper()
	out := new(bytes.Buffer)
	tel, err := Start(t.Context(), Config{Dev: dev, Output: out})
	if err != nil {
		t.Fatal(err)
	}
	return tel.Log, out
}
