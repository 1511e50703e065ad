package webhooks

import (
	"context"
	"sync"
	"time"
)

// bearerFor is how long a bearer token is used. Making one costs more than
// everything else in an attempt.
const bearerFor = 30 * time.Second

// bearer is the token that is used at the moment.
type bearer struct {
	mu    sync.Mutex
	token string
	made  time.Time // by the wall clock, as receivers judge it
}

// get returns the token, or one that is made anew if it is too old or the wall
// clock has gone back.
func (b *bearer) get(ctx context.Context, now time.Time, mint func(context.Context) (string, error)) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now = now.Round(0) // the wall clock alone
	if age := now.Sub(b.made); b.token != "" && age >= 0 && age < bearerFor {
		return b.token, nil
	}
	token, err := mint(ctx)
	if err != nil {
		return "", err
	}
	b.token, b.made = token, now
	return token, nil
}
