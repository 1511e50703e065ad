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

// set limits id to those in from; nil undoes the limit.
func (l *limits) set(id string, from []string) {
	old, limited := l.of[id]
	delete(l.of, id)
	if from != nil {
		others := slices.DeleteFunc(slices.Clone(from), func(s string) bool { return s == id })
		l.of[id] = allowed{
			with:    l.use(append(slices.Clone(others), id)),
			without: l.use(others),
		}
	}
	if limited {
		l.drop(old.with)
		l.drop(old.without)
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

func (l *limits) use(ids []string) *ears {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	name := nameOf(ids)
	e, ok := l.ears[name]
	if !ok {
		e = &ears{name: name, ids: ids}
		l.ears[name] = e
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

// nameOf is a name that no other list of ids has, whatever is in them.
func nameOf(ids []string) string {
	var name []byte
	for _, id := range ids {
		name = binary.AppendUvarint(name, uint64(len(id)))
		name = append(name, id...)
	}
	return string(name)
}
