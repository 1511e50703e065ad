package identity_test

import (
	"testing"
	"time"
)

func TestAWebhookTokenIsNeverOlderThanASecond(t *testing.T) {
	b := newIssuer(t)
	token := func() string {
		t.Helper()
		token, err := b.WebhookToken()
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	b.now = b.now.Truncate(time.Second)
	first := token()
	b.now = b.now.Add(999 * time.Millisecond)
	if token() != first {
		t.Error("another token in the same second")
	}
	for _, jump := range []time.Duration{time.Millisecond, time.Hour, -time.Hour} {
		b.now = b.now.Add(jump)
		if made := decode(t, token())["iat"].(float64); int64(made) != b.now.Unix() {
			t.Errorf("made at %v, it is %d", made, b.now.Unix())
		}
	}
}
