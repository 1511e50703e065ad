package e2e

import (
	_ "embed"
	"fmt"
	"testing"
)

//go:embed phone.js
var phone string

// ring opens a page of the server with a phone on it and signs in. It returns
// the page and the user's id.
func ring(t *testing.T, s server, name string, hz int) (*tab, string) {
	t.Helper()
	p := browse(t, s.page+"/healthz", hz)
	run[bool](p, phone+"; true")
	return p, run[string](p, fmt.Sprintf("phone.signIn(%q)", name))
}

func (p *tab) start(target string) {
	p.t.Helper()
	run[bool](p, fmt.Sprintf("phone.start(%q); true", target))
}

func (p *tab) accept() {
	p.t.Helper()
	run[bool](p, "phone.accept().then(() => true)")
}

// reach waits until the page's call is in a state.
func (p *tab) reach(state string) {
	p.t.Helper()
	run[bool](p, fmt.Sprintf("phone.state(%q)", state))
}

// press presses keys, each until it has been sent.
func (p *tab) press(tones ...string) {
	p.t.Helper()
	for _, tone := range tones {
		run[bool](p, fmt.Sprintf("phone.call().sendDtmf(%q).then(() => true)", tone))
	}
}

// hangUp ends the page's part of the call.
func (p *tab) hangUp() {
	p.t.Helper()
	run[bool](p, "phone.call().hangUp().then(() => true)")
}

// reason is why the page's call ended.
type reason struct {
	Code    int    `json:"code"`
	Subcode int    `json:"subCode"`
	Message string `json:"message"`
}

func (p *tab) endReason() reason {
	p.t.Helper()
	return run[reason](p, "phone.call().callEndReason")
}

// others are the raw ids of who else is in the call.
func (p *tab) others() []string {
	p.t.Helper()
	return run[[]string](p, "phone.others()")
}

// forget makes the page's next call its first.
func (p *tab) forget() {
	p.t.Helper()
	run[bool](p, "ears.forget(); true")
}
