package call_test

import (
	"slices"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
)

// watchedBridge sees at every moment that nobody is on two bridges.
type watchedBridge struct {
	*deaf
	m     *model
	ports map[string]media.Port
}

func (w *watchedBridge) Join(id string, p media.Port) {
	w.m.mu.Lock()
	twice := w.m.joined[p]
	w.m.joined[p], w.ports[id] = true, p
	w.m.mu.Unlock()
	if twice {
		w.m.fail("somebody comes to a bridge who is on another")
	}
	w.deaf.Join(id, p)
}

func (w *watchedBridge) Leave(id string) {
	w.deaf.Leave(id)
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	delete(w.m.joined, w.ports[id])
}

// checkEars holds who hears whom on the bridges against who may: only those who
// are in the call, each on one bridge; who is held hears nobody and is not heard;
// who is muted, or may not speak, is not heard; and the routing holds.
func (m *model) checkEars() {
	if m.journal.isLossy() {
		return // what can be read stays as it was, and calls end
	}
	m.mu.Lock()
	bridges := m.bridges
	m.mu.Unlock()
	members, where := map[string]call.Member{}, map[string]call.CallView{}
	for _, v := range m.Calls() {
		people := 0
		for _, p := range v.Members {
			members[p.ID], where[p.ID] = p, v
			if !p.Application && p.State != call.Gone && p.State != call.InLobby {
				people++
			}
		}
		if people > m.plan.most() {
			m.fail("%d people are in a call", people)
		}
	}
	seen := map[string]bool{}
	for _, b := range bridges {
		on := b.present()
		for _, id := range on {
			p := members[id]
			if p.State != call.Present && p.State != call.OnHold {
				m.fail("%s is on a bridge while %q", p.Identity, p.State)
			}
			if seen[id] {
				m.fail("%s is on two bridges", p.Identity)
			}
			seen[id] = true
		}
		for _, music := range b.playing() {
			if held := func(id string) bool { return members[id].Held }; len(music.to) > 0 && !slices.ContainsFunc(music.to, held) {
				m.fail("music plays for somebody who is not held")
			}
		}
		for _, listener := range on {
			for _, speaker := range on {
				if listener != speaker {
					m.checkPair(b, where[listener].Routing, members[listener], members[speaker])
				}
			}
		}
	}
	for id, p := range members {
		if in := p.State == call.Present || p.State == call.OnHold; in && p.Kind != "" && !seen[id] {
			m.fail("%s is %q and on no bridge", p.Identity, p.State)
		}
	}
}

func (m *model) checkPair(b *deaf, r call.Routing, listener, speaker call.Member) {
	may := !listener.Held && !speaker.Held && !speaker.Muted && speaker.Role.May(call.Speak) &&
		r.Hears(listener.Identity, speaker.Identity)
	if does := b.passes(listener.ID, speaker.ID); does != may {
		m.fail("%s hears %s: %v, may: %v (%+v)", listener.Identity, speaker.Identity, does, may, r)
	}
}

func (d *deaf) present() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var ids []string
	for id, on := range d.on {
		if on {
			ids = append(ids, id)
		}
	}
	return ids
}

// checkSteps holds every step that was told against the tables.
func (m *model) checkSteps() {
	machines := map[string]call.Machine{}
	for _, machine := range call.Machines() {
		machines[machine.Name] = machine
	}
	at := map[string]call.State{}
	for _, r := range m.journal.records {
		if r.Connection == "" {
			continue // told only while no connection is there to be told
		}
		s := m.journal.read(r)
		var name string
		id := r.Connection + "/" + s.ParticipantID
		switch short(r) {
		case "botd.connection.state":
			name = "connection"
		case "botd.participant.state":
			name = "participant"
		case "botd.lobby.state":
			name, id = "lobby", "lobby "+id
		case "botd.transfer.state":
			name, id = "transfer", "transfer "+r.Connection+string(s.Transferee)
		default:
			continue
		}
		was, known := at[id]
		at[id] = s.State
		if known && was != s.State {
			m.been.note(name + " " + string(was) + " " + string(s.State))
			if !machines[name].Leads(was, s.State) {
				m.fail("a %s went from %s to %s", name, was, s.State)
			}
		}
		if name == "transfer" && slices.Contains(machines[name].Last, s.State) {
			delete(at, id) // there may be another
		}
		if s.State == call.Gone && name == "participant" && (s.Reason == nil || s.Reason.Message == "") {
			m.fail("somebody went without a reason")
		}
	}
}
