package call

import (
	"time"

	"github.com/botd-dev/botd/identity"
)

// Timeouts are how long things may take; zero means the default.
type Timeouts struct {
	// Establish is how long a call rings; default 85 s.
	Establish time.Duration
	// Promotion is how long somebody who is added rings; default 115 s.
	Promotion time.Duration
	// Phone is how long a phone rings; default 115 s.
	Phone time.Duration
	// Reconnect is how long a lost participant stays; default 120 s.
	Reconnect time.Duration
	// Call is how long a call lasts at most; default 30 h.
	Call time.Duration
	// Transfer is how long a transfer may take; default 60 s.
	Transfer time.Duration
	// Lobby is how long somebody waits to be let in; default 30 min.
	Lobby time.Duration
	// Closing is how long a connection that leaves waits for its operations;
	// default 10 s.
	Closing time.Duration
	// Empty is how long applications stay among themselves; default 30 s.
	Empty time.Duration
}

func (t Timeouts) withDefaults() Timeouts {
	for _, d := range []struct {
		set *time.Duration
		to  time.Duration
	}{
		{&t.Establish, 85 * time.Second},
		{&t.Promotion, 115 * time.Second},
		{&t.Phone, 115 * time.Second},
		{&t.Reconnect, 120 * time.Second},
		{&t.Call, 30 * time.Hour},
		{&t.Transfer, 60 * time.Second},
		{&t.Lobby, 30 * time.Minute},
		{&t.Closing, 10 * time.Second},
		{&t.Empty, 30 * time.Second},
	} {
		if *d.set == 0 {
			*d.set = d.to
		}
	}
	return t
}

func (t Timeouts) invitation(who invitee) time.Duration {
	switch {
	case who.promotes:
		return t.Promotion
	case who.to.Kind() == identity.KindPhoneNumber:
		return t.Phone
	}
	return t.Establish
}
