package telemetry

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// collected is what a collector is sent by the end of a span that work makes.
func collected(t *testing.T, work func(trace.Span)) string {
	t.Helper()
	var all bytes.Buffer
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(&all, r.Body) }))
	defer collector.Close()
	tel, err := Start(t.Context(), Config{Output: io.Discard, OTLPEndpoint: collector.URL})
	if err != nil {
		t.Fatal(err)
	}
	_, span := tel.Traces.Tracer("test").Start(t.Context(), "call +15551230001")
	work(span)
	span.End()
	if err := tel.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func TestWhatMustNotBeReadIsNotTraced(t *testing.T) {
	text := collected(t, func(span trace.Span) {
		span.SetAttributes(
			attribute.String("url.path", "/calling/callConnections/1/participants/4:+15551230002"),
			attribute.String("url.query", "?passcode=aB3xYz&limit=7"),
			attribute.StringSlice("http.request.header", []string{"Bearer abc.def"}),
			attribute.String("passcode", "aB3xYz"),
			attribute.ByteSlice("body", []byte("aB3xYz")),
			attribute.Int("http.response.status_code", 200),
		)
		span.AddEvent("rang +15551230003", trace.WithAttributes(attribute.String("to", "4:+15551230004")))
		span.RecordError(errors.New("call +15551230005"))
		span.SetStatus(codes.Error, "call +15551230006")
	})
	for _, leak := range []string{"1555123", "aB3xYz", "abc.def"} {
		if strings.Contains(text, leak) {
			t.Errorf("%s reaches the collector", leak)
		}
	}
	for _, remains := range []string{
		"call +…0001", "participants/4:+…0002", "?passcode=" + Hidden + "&limit=7", "Bearer " + Hidden,
		"rang +…0003", "4:+…0004", "call +…0005", "call +…0006", "http.response.status_code",
	} {
		if !strings.Contains(text, remains) {
			t.Errorf("%s is not there", remains)
		}
	}
}

// TestACollectorThatIsAwayIsLoggedHere has the library say nothing by itself: it
// would write to standard error, whatever it is.
func TestACollectorThatIsAwayIsLoggedHere(t *testing.T) {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { t.Errorf("the library says %v", err) }))
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "who is +15551230001?", http.StatusBadRequest)
	}))
	defer collector.Close()
	out := new(bytes.Buffer)
	tel, err := Start(t.Context(), Config{Output: out, OTLPEndpoint: collector.URL})
	if err != nil {
		t.Fatal(err)
	}
	_, span := tel.Traces.Tracer("test").Start(t.Context(), "work")
	span.End()
	if err := tel.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if line := out.String(); !strings.Contains(line, "the collector has not taken traces") || !strings.Contains(line, "400") || strings.Contains(line, "1555123") {
		t.Errorf("the log has %q", line)
	}
}

// TestTracesGoOutAsTheyAreTold has the front door say how.
func TestTracesGoOutAsTheyAreTold(t *testing.T) {
	asked := 0
	through := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		asked++
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	})}
	tel, err := Start(t.Context(), Config{Output: io.Discard, OTLPEndpoint: "http://collector.example:4318", HTTP: through})
	if err != nil {
		t.Fatal(err)
	}
	_, span := tel.Traces.Tracer("test").Start(t.Context(), "work")
	span.End()
	if err := tel.Shutdown(t.Context()); err != nil || asked != 1 {
		t.Errorf("asked %d times, %v", asked, err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
