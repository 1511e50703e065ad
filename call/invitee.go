package call

import (
	"time"

	"github.com/botd-dev/botd/identity"
)

// invitee is what an invitation is made of.
type invitee struct {
	from, to identity.ID
	name     string
	number   string // shown to a phone instead of from; empty for none
	custom   *CustomContext
	timeout  time.Duration // zero: the call's own
	promotes bool          // a third party: the call is 1:1 no more
	aside    bool          // if they do not come the call goes on as it is
	transfer *transfer     // they are the target of; nil for most

	by      *Connection // who added, and is told how it ended; the loop only
	known   string      // the id that by was told
	context string      // by's operationContext
	tellTo  string      // by's operationCallbackUri
}

// caller is who calls, as who is called sees it.
func (who invitee) caller() identity.ID {
	if who.to.Kind() != identity.KindPhoneNumber {
		return who.from
	}
	if number, err := identity.Phone(who.number); err == nil {
		return number
	}
	return who.from
}

// onward is the invitation for somebody else. How long it rings starts anew,
// unless whoever asked has said how long.
func (inv *Invitation) onward(to identity.ID) invitee {
	who := inv.invitee
	who.to = to
	if who.timeout > 0 {
		who.timeout = max(time.Until(inv.until), 1)
	}
	return who
}
