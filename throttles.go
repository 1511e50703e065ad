package botd

import (
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/internal/throttle"
)

// Throttles are how much may be asked of the server, and how often. The zero
// value of each is no limit.
type Throttles struct {
	// LimitsConnections (limits-connections) is how many connections one
	// address may have.
	LimitsConnections int
	// LimitsAddress (limits-address) is for the requests of one address.
	LimitsAddress throttle.Rate
	// LimitsRequests (limits-requests) is for those with one credential.
	LimitsRequests throttle.Rate
	// LimitsIdentity (limits-identity) is for making users and for issuing
	// tokens, with one credential; half of it for taking them away.
	LimitsIdentity throttle.Rate
	// LimitsCalls (limits-calls) is how many calls there may be at once.
	LimitsCalls int
	// LimitsCallRate (limits-call-rate) is for new calls.
	LimitsCallRate throttle.Rate
	// LimitsSignallingHello (limits-signalling-hello) is for new clients of one
	// user.
	LimitsSignallingHello throttle.Rate
	// LimitsMemory (limits-memory) is how many percent of GOMEMLIMIT may be
	// used before new calls are refused.
	LimitsMemory int
}

// exempt says whose requests are not limited: those of a development server's
// own machine.
func (c Config) exempt(remote string) bool { return c.Dev && isLocal(remote) }

// capacity is how many calls there may be: any number on a development server
// that only its own machine can reach.
func (c Config) capacity() call.Capacity {
	open := func(addr string) bool { return addr != "" && !isLocal(addr) }
	if c.Dev && !open(c.HTTPAddr) && !open(c.HTTPSAddr) {
		return call.Capacity{}
	}
	return call.Capacity{Calls: c.LimitsCalls, New: c.LimitsCallRate.Count, Per: c.LimitsCallRate.Per}
}

// admit counts the clients that a user registers.
func (c Config) admit(hellos *throttle.Limiter) func(identity.ID, string) error {
	return func(user identity.ID, remote string) error {
		if c.exempt(remote) {
			return nil
		}
		return hellos.Take(string(user))
	}
}

// rateKind is how often, such as 1000/30s.
func rateKind() kind[throttle.Rate] {
	return kind[throttle.Rate]{
		allowed: "a number and a time, such as 100/1s or 1000/30s, or 0 for no limit",
		parse:   parseRate,
		format: func(r throttle.Rate) string {
			if r.Count == 0 {
				return "0"
			}
			return strconv.Itoa(r.Count) + "/" + formatDuration(r.Per)
		},
	}
}

// mostOften is the largest count of a rate.
const mostOften = 1_000_000

func parseRate(s string) (throttle.Rate, bool) {
	if s == "0" {
		return throttle.Rate{}, true
	}
	count, per, _ := strings.Cut(s, "/")
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || n > mostOften {
		return throttle.Rate{}, false
	}
	d, err := parseDuration(per)
	return throttle.Rate{Count: n, Per: d}, err == nil && d >= time.Millisecond && d <= day
}

// isAdminHost says whether a request to the admin address names a host that is
// meant by it: this machine, an address, or the name in the setting. A page
// whose name was made to mean this machine sends its own.
func (c Config) isAdminHost(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	own, _, _ := net.SplitHostPort(c.AdminAddr) // the setting was checked
	return isLocal(host) || net.ParseIP(name) != nil || own != "" && strings.EqualFold(name, own)
}

// mostConnections is how many connections from outside there may be: most of
// the files that the process may open, but not those that the log, media and
// webhooks need. Where nobody can say how many that is, it is any number.
func mostConnections() int {
	const most = 1 << 20
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return 0
	}
	return int(min(files.Cur/4*3, most)) //nolint:gosec // at most 2^20
}
