package mix

import (
	"encoding/binary"
	"slices"
)

// limits are who may hear whom, by id, whether anybody is there under that id
// or not.
type limits struct {
	everybody *ears
	of        map[string]allowed
	ears      map[string]*ears // those that limits come to, by what they hear
}

// allowed is what one id may hear, in two ways that come to the same, because
// nobody hears themselves anyway: with its own voice and without.
type allowed struct {
	with, without *ears
}

func newLimits() limits {
	return limits{
		everybody: &ears{everybody: true},
		of:        map[string]allowed{},
		ears:      map[string]*ears{},
	}
}

// list is ids in order, each once, and a name that no other list has, whatever
// is in it.
type list struct {
	ids  []string
	name string
}

// lists are those in from, with id and without.
func lists(id string, from []string) (with, without list) {
	ids := slices.Clone(from)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	at, named := slices.BinarySearch(ids, id)
	if named {
		ids = slices.Delete(ids, at, at+1)
	}
	return newList(slices.Insert(slices.Clone(ids), at, id)), newList(ids)
}

func newList(ids []string) list {
	var name []byte
	for _, id := range ids {
		name = binary.AppendUvarint(name, uint64(len(id)))
		name = append(name, id...)
	}
	return list{ids, string(name)}
}

// set limits id to what lists has made of it.
func (l *limits) set(id string, with, without list) {
	have := allowed{with: l.use(with), without: l.use(without)}
	l.forget(id)
	l.of[id] = have
}

// forget undoes set.
func (l *limits) forget(id string) {
	if have, limited := l.of[id]; limited {
		delete(l.of, id)
		l.drop(have.with)
		l.drop(have.without)
	}
}

// earsOf are the ears of id. Of the two ways it takes the one that more share:
// three who hear one another are one audience, and so are a hundred who hear
// one speaker.
func (l *limits) earsOf(id string) *ears {
	have, limited := l.of[id]
	switch {
	case !limited:
		return l.everybody
	case have.with.limits > have.without.limits:
		return have.with
	}
	return have.without
}

func (l *limits) use(whom list) *ears {
	e, ok := l.ears[whom.name]
	if !ok {
		e = &ears{list: whom}
		l.ears[whom.name] = e
	}
	e.limits++
	return e
}

// drop undoes use. An audience may still use the ears until it has faded.
func (l *limits) drop(e *ears) {
	if e.limits--; e.limits == 0 {
		delete(l.ears, e.name)
	}
}
