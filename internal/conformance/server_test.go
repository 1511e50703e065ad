package conformance

import (
	"context"
	"net"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/internal/openapitest"
)

// house is a server with people in it, and a door through which a program asks
// them for something.
type house struct {
	*botd.Server
	// door is the URL of the door.
	door string
	// front is the address of the server as applications know it: all that is
	// said there is heard.
	front string
	heard *openapitest.Checker
}

// open runs a server until the test ends, with settings changed as said. It
// knows an issuer of a company's tokens, which is behind the door, too.
func open(t *testing.T, changes ...func(*botd.Config)) house {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	staff, company := newPeople(), newCompany(t)
	door := httptest.NewServer(doorway(staff, company))
	t.Cleanup(door.Close)
	company.url = door.URL + "/company"

	front, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed with the proxy
	if err != nil {
		t.Fatal(err)
	}
	cfg := botd.Default()
	cfg.PublicURL = "https://" + front.Addr().String()
	cfg.Dev = true // web hooks and prompts by plain http on this machine
	cfg.DataDir = t.TempDir()
	cfg.HTTPAddr, cfg.HTTPSAddr, cfg.AdminAddr = "", "127.0.0.1:0", ""
	cfg.MediaUDPPort = 0
	cfg.DrainTimeout = time.Second
	cfg.OIDCIssuer = company.url
	for _, change := range changes {
		change(&cfg)
	}
	s, err := botd.Start(t.Context(), cfg)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	staff.live(s.Calls())
	return house{s, door.URL, front.Addr().String(), overhear(t, front, s, cfg.DataDir)}
}
