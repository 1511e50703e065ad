package botd

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/webhooks"
)

func TestHowPatientlyIsToldIsSet(t *testing.T) {
	c, err := Load(map[string]string{
		"webhook-grace": "2s", "webhook-timeout": "3s", "webhook-retry": "4s", "webhook-retry-longest": "5s", "webhook-expiry": "6h",
		"data-dir": t.TempDir(), "http-addr": "127.0.0.1:0", "https-addr": "", "admin-addr": "127.0.0.1:0", "media-udp-port": "0", "dev": "true",
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	got := s.telling()
	if got.Grace != 2*time.Second || got.Limit != 3*time.Second || got.Expiry != 6*time.Hour ||
		got.Schedule != (webhooks.Schedule{First: 4 * time.Second, Longest: 5 * time.Second}) {
		t.Errorf("%+v", got)
	}
	s.cfg.DrainTimeout = 0
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// signed is what a program that knows one secret looks at.
type signed struct{ id, at, body, signatures string }

// by says whether the secret has signed it, as the Standard Webhooks
// specification describes.
func (s signed) by(secret string) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	_, _ = io.WriteString(mac, s.id+"."+s.at+"."+s.body) // a hash takes everything
	return strings.Contains(s.signatures, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

func TestWhatIsToldIsSignedByEverySecret(t *testing.T) {
	secrets := []string{"whsec_bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3", "whsec_b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xk"}
	s := start(t, func(c *Config) { c.WebhookSecrets = secrets })
	posts := make(chan signed, 10)
	w := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		posts <- signed{r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp"), string(body), r.Header.Get("webhook-signature")}
	}))
	defer w.Close()
	if status, body := ask(t, s, http.MethodPost, createPath, `{"targets":[{"rawId":"patient"}],"callbackUri":"`+w.URL+`"}`, nil); status != http.StatusCreated {
		t.Fatalf("%d %s", status, body)
	}
	got := <-posts
	for _, secret := range secrets {
		if !got.by(secret) {
			t.Errorf("not signed by %s: %+v", secret, got)
		}
	}
	if got.by("whsec_c29tZWJvZHkgZWxzZSBlbnRpcmVseSBoZXJl") {
		t.Error("signed by somebody else")
	}
	var events []struct{ ID string }
	if err := json.Unmarshal([]byte(got.body), &events); err != nil || events[0].ID != got.id {
		t.Errorf("%s signs %s", got.id, got.body)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTheConfiguredSubscriptionsAreThoseOfTheConfiguration(t *testing.T) {
	dir := t.TempDir()
	configured := func(all string) (status int, body string) {
		c, err := Load(map[string]string{"subscriptions": all}, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := start(t, func(with *Config) { with.DataDir, with.Subscriptions = dir, c.Subscriptions })
		code, answer := ask(t, s, http.MethodGet, "/eventSubscriptions/mine", "", nil)
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		return code, string(answer)
	}
	status, body := configured(`[{"name":"mine","endpoint":"http://127.0.0.1:1/","schema":"CloudEvents","ack":"required",` +
		`"eventTypes":["Microsoft.Communication.CallStarted"],"filter":{"from":["4:+1*"],"to":["8:x"]}}]`)
	if want := `{"name":"mine","endpoint":"http://127.0.0.1:1/","schema":"cloudevents","eventTypes":["Microsoft.Communication.CallStarted"],` +
		`"filter":{"from":["4:+1*"],"to":["8:x"]},"ack":"required","configured":true,"state":"Active"}`; status != http.StatusOK || body != want {
		t.Errorf("%d %s, want %s", status, body, want)
	}
	if status, body := configured(""); status != http.StatusNotFound {
		t.Errorf("taken out, and still there: %d %s", status, body)
	}
}
