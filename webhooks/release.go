package webhooks

import "time"

// early is how long a release is remembered that came before its connection.
const early = 5 * time.Second

// Release says that the response which made a connection has been written, so
// that its first events may go. It may come before the connection is known
// here. Run must be running.
func (t *Teller) Release(connection string) {
	t.do(func() {
		if _, held := t.held[connection]; held {
			t.release(connection)
			return
		}
		t.released[connection] = struct{}{}
		t.clock.in(early, func() { delete(t.released, connection) })
	})
}

// hold keeps the events of a new connection back for a moment.
func (t *Teller) hold(connection string) {
	if _, already := t.released[connection]; already || t.draining {
		delete(t.released, connection)
		return
	}
	t.held[connection] = struct{}{}
	t.clock.in(t.cfg.Release, func() { t.release(connection) })
}

func (t *Teller) release(connection string) {
	if _, held := t.held[connection]; !held {
		return
	}
	delete(t.held, connection)
	for q := range t.owners[connection] {
		t.pump(q)
	}
}
