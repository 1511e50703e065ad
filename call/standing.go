package call

import "maps"

// Standing is an Event after which one of the things that the application has
// subscribed to stands otherwise. Readers see it when the event is durable.
type Standing interface {
	Event
	// Stands names it, and says what View shows of it from now on.
	Stands() (name string, now any)
}

// stand takes in how something stands after e.
func (cn *Connection) stand(e Event) {
	s, ok := e.(Standing)
	if !ok {
		return
	}
	name, now := s.Stands()
	standing := maps.Clone(cn.standing)
	if standing == nil {
		standing = map[string]any{}
	}
	standing[name] = now
	cn.standing = standing
}

// commence starts what is to begin with the call.
func (cn *Connection) commence() {
	for _, op := range cn.begin {
		r, err := cn.prepare(op)
		if err != nil {
			cn.emitTo(op.Failed, op.TellTo)
			continue
		}
		cn.enqueue(r)
	}
	cn.begin = nil
}
