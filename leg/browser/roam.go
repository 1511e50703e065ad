package browser

import (
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
)

// roamAfter is for how long nothing may come from the address in use before a
// check from another one is taken for a client that has moved: longer than the 2
// to 2.5 s between two checks of any client.
const roamAfter = 2600 * time.Millisecond

// roamer follows a client whose address changes under it, because a NAT has
// forgotten it or it has come to another network without noticing. A browser
// nominates its pair with every check; others do so once, and go on sending from
// a new address while we would send to the old one for ever.
//
// Checks carry the password of the session (RFC 8445, section 7.3), so nobody
// else can move a client.
type roamer struct {
	mu    sync.Mutex
	inUse string
	heard time.Time
	now   func() time.Time
}

// request takes one check of the client and says whether its pair is to be used
// from now on.
func (r *roamer) request(m *stun.Message, _, remote ice.Candidate, pair *ice.CandidatePair) bool {
	at := net.JoinHostPort(remote.Address(), strconv.Itoa(remote.Port()))
	return r.take(at, m.Contains(stun.AttrUseCandidate)) && pair != nil
}

func (r *roamer) take(at string, nominated bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	switch {
	case nominated || at == r.inUse: // the agent does what is to be done
		r.inUse, r.heard = at, now
		return false
	case r.inUse == "" || now.Sub(r.heard) < roamAfter:
		return false
	}
	r.inUse, r.heard = at, now
	return true
}
