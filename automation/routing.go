package automation

import (
	"context"
	"fmt"
	"slices"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// Route changes who hears whom, for those who are there and those who come
// later.
func (s *Service) Route(ctx context.Context, cn *call.Connection, r call.Routing) error {
	if err := checkRouting(r); err != nil {
		return err
	}
	return cn.Route(ctx, r, call.Reference{})
}

// Routing reads who hears whom.
func (s *Service) Routing(cn *call.Connection) call.Routing {
	r := cn.View().Routing
	if r.Preset == "" {
		r.Preset = call.HearAll
	}
	return r
}

// routingFields are the fields of each preset; all of them are required, and no
// others may be there.
var routingFields = map[call.Preset][]string{
	call.HearAll:         {},
	call.HearCoach:       {"coach", "coached"},
	call.HearPrivate:     {"participants"},
	call.HearInterpreter: {"interpreter", "speaker", "listeners"},
	call.HearPairs:       {"pairs"},
}

func checkRouting(r call.Routing) error {
	fields, known := routingFields[r.Preset]
	switch {
	case r.Preset == "":
		return required("preset")
	case !known:
		return invalid("preset", "it is none of all, coach, private, interpreter, pairs")
	}
	for _, f := range []struct {
		name string
		set  bool
		err  error
	}{
		{"coach", r.Coach != "", someone("coach", r.Coach)},
		{"coached", len(r.Coached) > 0, everyone("coached", r.Coached)},
		{"participants", len(r.Participants) > 0, everyone("participants", r.Participants)},
		{"interpreter", r.Interpreter != "", someone("interpreter", r.Interpreter)},
		{"speaker", r.Speaker != "", someone("speaker", r.Speaker)},
		{"listeners", len(r.Listeners) > 0, everyone("listeners", r.Listeners)},
		{"pairs", len(r.Pairs) > 0, everyPair("pairs", r.Pairs)},
	} {
		wanted := slices.Contains(fields, f.name)
		if wanted && f.err != nil {
			return f.err
		}
		if !wanted && f.set {
			return invalid(f.name, fmt.Sprintf("it does not belong to preset %s", r.Preset))
		}
	}
	return checkParts(r)
}

// checkParts refuses somebody who has two parts that exclude each other.
func checkParts(r call.Routing) error {
	switch {
	case r.Coach != "" && slices.Contains(r.Coached, r.Coach):
		return invalid("coached", "the coach is among them")
	case r.Interpreter != "" && r.Interpreter == r.Speaker:
		return invalid("speaker", "it is the interpreter")
	case r.Interpreter != "" && slices.ContainsFunc(r.Listeners, func(id identity.ID) bool { return id == r.Interpreter || id == r.Speaker }):
		return invalid("listeners", "the interpreter or the speaker is among them")
	}
	return nil
}

// maxPairs is how many pairs a routing may have.
const maxPairs = 10_000

func everyPair(field string, pairs []call.Pair) error {
	if len(pairs) > maxPairs {
		return invalid(field, fmt.Sprintf("there are more than %d", maxPairs))
	}
	for i, p := range pairs {
		at := fmt.Sprintf("%s[%d]", field, i)
		if err := first(someone(at+".listener", p.Listener), someone(at+".speaker", p.Speaker)); err != nil {
			return err
		}
		if p.Listener == p.Speaker {
			return invalid(at, "nobody hears themselves")
		}
	}
	return nil
}
