package remote_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/remote"
)

func TestAConfigThatCannotWorkIsRefusedByName(t *testing.T) {
	none := func(context.Context, *bot.Call) error { return nil }
	token := func(context.Context) (string, error) { return "", nil }
	for _, row := range []struct {
		name string
		cfg  remote.Config
		says string
	}{
		{"no host", remote.Config{URL: "https://"}, "URL"},
		{"another scheme", remote.Config{URL: "ftp://botd"}, "URL"},
		{"a key that is no base64", remote.Config{URL: "https://botd", Key: "!"}, "Key"},
		{"a key and a token", remote.Config{URL: "https://botd", Key: "AAAA", Token: token}, "Token"},
		{"fewer calls than none", remote.Config{URL: "https://botd", Calls: -1}, "Calls"},
	} {
		err := remote.Run(t.Context(), row.cfg, remote.Bot("echo", none))
		if !errors.Is(err, bot.ErrInvalid) || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	if err := remote.Run(t.Context(), remote.Config{URL: "https://botd"}); !errors.Is(err, bot.ErrInvalid) {
		t.Errorf("no bots: %v", err)
	}
}
