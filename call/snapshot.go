package call

import (
	"cmp"
	"slices"
	"time"

	"github.com/botd-dev/botd/identity"
)

// CallView is a call as it can be read: never newer than what is durable.
type CallView struct {
	// ID is the serverCallId.
	ID            string
	CorrelationID string
	// GroupID or RoomID is what others join it by, if anything.
	GroupID string
	RoomID  string
	// Group says that the call goes on when one of two leaves.
	Group bool
	// Ended says that it is ending.
	Ended     bool
	Started   time.Time
	StartedBy identity.ID
	// Members are everybody in it or on the way in, in the order in which they
	// came.
	Members     []Member
	Connections []ConnectionView
	Invitations []InvitationView
	Routing     Routing
	// Sequence is the call's last record that the view includes.
	Sequence uint64
}

// ConnectionView is an application's seat, as others may know of it.
type ConnectionView struct {
	ID          string
	State       State
	Kind        string // "create", "answer" or "connect"
	Identity    identity.ID
	CallbackURI string
}

// InvitationView is somebody being asked in.
type InvitationView struct {
	ID    string
	From  identity.ID
	To    identity.ID
	Since time.Time
	Until time.Time
}

// View reads the call.
func (c *Call) View() CallView {
	if v := c.view.Load(); v != nil {
		return *v
	}
	return CallView{ID: c.id, CorrelationID: c.correlation}
}

// publish makes the call's present state readable once it is durable.
func (c *Call) publish() {
	if c.viewed == c.sequence || c.hollow {
		return
	}
	c.viewed = c.sequence
	v := &CallView{
		ID: c.id, CorrelationID: c.correlation, GroupID: c.groupID, RoomID: c.roomID, Group: c.isGroup(),
		Ended: c.over, Started: c.started, StartedBy: c.startedBy, Routing: c.routing, Sequence: c.sequence,
		Members: make([]Member, 0, len(c.members)),
	}
	for _, p := range c.members {
		v.Members = append(v.Members, p.member())
	}
	for _, cn := range c.connections {
		v.Connections = append(v.Connections, ConnectionView{cn.id, cn.state, cn.kind, cn.seat.identity, cn.telling.URI})
	}
	for _, inv := range c.invitations {
		v.Invitations = append(v.Invitations, InvitationView{inv.id, inv.caller(), inv.to, inv.since, inv.since.Add(inv.lasts)})
	}
	slices.SortFunc(v.Invitations, func(a, b InvitationView) int { return cmp.Compare(a.ID, b.ID) })
	c.views = append(c.views, func() { c.view.Store(v) })
}

// Calls are all running calls, the oldest first.
func (r *Registry) Calls() []CallView {
	r.mu.RLock()
	views := make([]CallView, 0, len(r.calls))
	for _, c := range r.calls {
		if v := c.view.Load(); v != nil {
			views = append(views, *v)
		}
	}
	r.mu.RUnlock()
	slices.SortFunc(views, func(a, b CallView) int {
		return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.ID, b.ID))
	})
	return views
}

// CallOf finds a running call by its serverCallId; ErrNoCall if there is none.
func (r *Registry) CallOf(id string) (CallView, error) {
	r.mu.RLock()
	c := r.calls[id]
	r.mu.RUnlock()
	if c == nil || c.view.Load() == nil {
		return CallView{}, ErrNoCall
	}
	return c.View(), nil
}
