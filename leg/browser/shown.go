package browser

import (
	"bytes"

	"github.com/botd-dev/botd/call"
)

// told is what the client was told last, to be told again when it resumes.
type told struct {
	info    callInfo
	role    call.Role
	state   call.State
	roster  []byte
	answer  []byte
	muted   bool // by somebody else
	flowing bool // the answer has served

	speakers []byte
	quality  []byte
}

// view is a roster as the client sees it: itself, and the others.
type view struct {
	info   callInfo
	role   call.Role
	state  call.State // empty for what it is not told here
	others roster
}

// show tells the client which call it is in, its own role and state and who
// else is there, each where it has changed. What a call still has to say that it
// was moved away from is not told any more.
func (l *pageCall) show(v call.Roster) {
	seen := project(l.id, v)
	list := encode(seen.others)
	l.tell(func() [][]byte {
		if p := l.seat.get(); p != nil && p.ID() != v.Self {
			return nil
		}
		var news [][]byte
		if seen.info != l.told.info {
			l.told.info = seen.info
			news = append(news, encode(seen.info))
		}
		if seen.role != l.told.role {
			l.told.role = seen.role
			news = append(news, encode(roleIs{"role", l.id, seen.role}))
		}
		if seen.state != "" && seen.state != l.told.state {
			l.told.state = seen.state
			news = append(news, encode(stateIs{"state", l.id, seen.state, nil}))
		}
		if !bytes.Equal(list, l.told.roster) {
			l.told.roster = list
			news = append(news, list)
		}
		return news
	})
}

// project is what the client sees of a roster.
func project(id string, v call.Roster) view {
	seen := view{
		info:   callInfo{"callInfo", id, v.Call, v.Self},
		others: roster{"roster", id, v.Call, []participant{}},
	}
	for _, m := range v.Members {
		if m.ID == v.Self {
			seen.role, seen.state = m.Role, own(m, v)
			continue
		}
		seen.others.Participants = append(seen.others.Participants, other(m))
	}
	return seen
}

func other(m call.Member) participant {
	p := participant{m.ID, m.Identity, m.Name, m.State, m.Role, m.Muted, m.Speaking, m.Held, nil}
	if m.State == call.Gone {
		p.Reason = &m.Reason
	}
	return p
}

// The states of a call on hold (calling-client.md section 3.1).
const (
	localHold  call.State = "LocalHold"
	remoteHold call.State = "RemoteHold"
)

// own is a participant's state as the state of its own call. The last word is
// Hangup's.
func own(m call.Member, v call.Roster) call.State {
	switch {
	case m.State == call.Idle || m.State == call.Gone:
		return ""
	case m.State == call.OnHold && m.HeldBySelf:
		return localHold
	case m.State == call.OnHold || m.State == call.Present && heldByOther(v):
		return remoteHold
	}
	return m.State
}

// heldByOther says that this is a 1:1 call that the other side holds.
func heldByOther(v call.Roster) bool {
	if v.Group {
		return false
	}
	for _, m := range v.Members {
		if m.ID != v.Self && m.State == call.OnHold && m.HeldBySelf {
			return true
		}
	}
	return false
}

// muted tells the client that somebody else muted it, or undid that.
func (l *pageCall) muted(muted bool) {
	l.tell(func() [][]byte {
		l.told.muted = muted
		return [][]byte{l.told.mute(l.id)}
	})
}

// mute says whether somebody else has muted the client.
func (t *told) mute(id string) []byte {
	if t.muted {
		return encode(notice{"muted", id})
	}
	return encode(notice{"unmuted", id})
}

// opened is the client switching its microphone on, which undoes Mute.
func (l *pageCall) opened() {
	l.tell(func() [][]byte {
		l.told.muted = false
		return nil
	})
}

// snapshot is what a client that comes back has to know. The caller holds the
// agent's lock.
func (l *pageCall) snapshot() [][]byte {
	t := &l.told
	var list [][]byte
	if t.info.ServerCallID != "" {
		list = append(list, encode(t.info), encode(roleIs{"role", l.id, t.role}))
	}
	if t.state != "" {
		list = append(list, encode(stateIs{"state", l.id, t.state, nil}))
	}
	if t.roster != nil {
		list = append(list, t.roster)
	}
	list = append(list, t.mute(l.id))
	for _, b := range [][]byte{t.speakers, t.quality} {
		if b != nil {
			list = append(list, b)
		}
	}
	if t.answer != nil && !t.flowing {
		list = append(list, t.answer)
	}
	return list
}
