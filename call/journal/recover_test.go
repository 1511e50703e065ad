package journal

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
)

func TestAnInterruptedCallEndsAfterItsConnectionsAlsoIfItHasNone(t *testing.T) {
	dir := t.TempDir()
	h := openAt(t, dir, nil)
	both, alone, over := talking(1), talking(2), talking(3)
	second := &speaker{call: both.call, connection: "second", begun: 3}
	h.write(t, both.call, both.begins(), both.opens(), both.says(call.CallConnected{}.Type()), second.opens())
	h.write(t, alone.call, alone.begins())
	h.write(t, over.call, over.begins(), over.opens(), over.hangsUp(), ending(over, 4))
	h.close(t)

	for range 2 { // the second start finds nothing to do
		h = openAt(t, dir, nil)
		for _, want := range []struct {
			name    string
			records int
			end     string
		}{
			{both.call, 7, `{"serverCallId":"call-0001","correlationId":"together","reason":{"code":500,"subCode":9999,"message":"The server stopped unexpectedly."}}`},
			{alone.call, 2, `{"serverCallId":"call-0002","correlationId":"together","reason":{"code":500,"subCode":9999,"message":"The server stopped unexpectedly."}}`},
			{over.call, 4, `{}`},
		} {
			got, err := h.ReadCall(t.Context(), want.name, 0, 100)
			if err != nil || len(got) != want.records {
				t.Fatalf("%s has %d records, %v", want.name, len(got), err)
			}
			last := got[len(got)-1]
			if !last.Ends() || string(last.Data) != want.end || last.CallSequence != uint64(want.records) {
				t.Errorf("%s ends with %s %d %s", want.name, last.Type, last.CallSequence, last.Data)
			}
		}
		h.close(t)
	}
}

// TestWhoSubscribedIsToldThatAnInterruptedCallIsOver dies again after each record
// that the recovery has to write.
func TestWhoSubscribedIsToldThatAnInterruptedCallIsOver(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	still := func(c *Config) { c.Now = func() time.Time { return now } }
	const all = 3
	for said := range all + 1 {
		h := openAt(t, dir, still)
		s := talking(said)
		h.write(t, s.call, attended(s, now.Add(-90*time.Second))...)
		calls, connections := h.shard(s.call).index.lines()
		words, err := h.shard(s.call).lastWords(t.Context(), calls, connections)
		if err != nil || len(words) != all {
			t.Fatalf("%d last words, %v", len(words), err)
		}
		h.write(t, s.call, words[:said]...)
		h.close(t)

		h = openAt(t, dir, still)
		got, err := h.ReadCall(t.Context(), s.call, 0, 100)
		if err != nil || len(got) != 8 {
			t.Fatalf("after %d words: %d records, %v", said, len(got), err)
		}
		removed, over, end := got[5], got[6], got[7]
		if removed.Type != acs+"CallParticipantRemoved" || removed.Subject != "call/"+s.call+"/participant/8:bob" || string(removed.Data) != string(got[3].Data) {
			t.Errorf("after %d words: %+v", said, removed)
		}
		want := `{"startedBy":{"rawId":"8:ann"},"serverCallId":"` + s.call + `","correlationId":"together","group":{"id":"g"},"isTwoParty":false,"isRoomsCall":false,"durationOfCall":90}`
		if over.Type != acs+"CallEnded" || over.Subject != "call/"+s.call || string(over.Data) != want {
			t.Errorf("after %d words: %s %s %s, want %s", said, over.Type, over.Subject, over.Data, want)
		}
		if !end.Ends() {
			t.Errorf("after %d words it ends with %s", said, end.Type)
		}
		for i, r := range got {
			if r.CallSequence != uint64(i+1) || r.ID == "" {
				t.Errorf("after %d words: record %d is %+v", said, i+1, r)
			}
		}
		h.close(t)
	}
}

const acs = "Microsoft.Communication."

// attended are the records of a call that began then: one has come and gone, the
// other is there.
func attended(s *speaker, then time.Time) []call.Record {
	began := s.begins()
	resource := `"startedBy":{"rawId":"8:ann"},"serverCallId":"` + s.call + `","correlationId":"together","isRoomsCall":false,`
	tell := func(kind, subject, data string) call.Record {
		s.begun++
		return call.Record{
			ID: fmt.Sprintf("%s-%d", s.call, s.begun), Type: acs + kind, Time: then,
			Call: s.call, CallSequence: s.begun, Subject: "call/" + s.call + subject, Data: json.RawMessage("{" + resource + data + "}"),
		}
	}
	return []call.Record{
		began,
		tell("CallStarted", "/startedBy/8:ann", `"isTwoParty":true`),
		tell("CallParticipantAdded", "/participant/8:ann", `"isTwoParty":true,"participantId":"1"`),
		tell("CallParticipantAdded", "/participant/8:bob", `"group":{"id":"g"},"isTwoParty":false,"participantId":"2"`),
		tell("CallParticipantRemoved", "/participant/8:ann", `"group":{"id":"g"},"isTwoParty":false,"participantId":"1"`),
	}
}

func ending(s *speaker, sequence uint64) call.Record {
	return call.Record{ID: s.call + "-end", Type: "botd.call.ended", Call: s.call, CallSequence: sequence, Data: []byte(`{}`)}
}

func TestARecoveryThatWasInterruptedIsCompletedAndNothingIsSaidTwice(t *testing.T) {
	dir := t.TempDir()
	const all = 5 // what a recovery has to say of two calls with three connections
	for said := range all + 1 {
		h := openAt(t, dir, nil)
		a, b := talking(2*said), talking(2*said+1)
		other := &speaker{call: a.call, connection: a.connection + "x", begun: 2}
		for n := 0; shardOf(b.call, h.Shards()) != shardOf(a.call, h.Shards()); n++ {
			b.call = fmt.Sprintf("%s-neighbour-%d", a.call, n)
		}
		h.write(t, a.call, a.begins(), a.opens(), other.opens())
		h.write(t, b.call, b.begins(), b.opens())
		s := h.shard(a.call)
		calls, connections := s.index.lines()
		words, err := s.lastWords(t.Context(), calls, connections)
		if err != nil || len(words) != all {
			t.Fatalf("%d last words, %v", len(words), err)
		}
		h.write(t, a.call, words[:said]...)
		h.close(t)

		h = openAt(t, dir, nil)
		for name, records := range map[string]int{a.call: 6, b.call: 4} {
			got, err := h.ReadCall(t.Context(), name, 0, 100)
			if err != nil || len(got) != records {
				t.Fatalf("after %d words: %s has %d records, %v", said, name, len(got), err)
			}
			for i, r := range got {
				if r.CallSequence != uint64(i+1) || r.Ends() != (i == records-1) {
					t.Errorf("after %d words: record %d of %s is %s, number %d", said, i+1, name, r.Type, r.CallSequence)
				}
			}
		}
		h.close(t)
	}
}

func TestWhatComesWhenACallIsOverDoesNotBeginItAnew(t *testing.T) {
	x := newIndex()
	s := talking(1)
	for i, r := range []call.Record{s.begins(), s.opens(), s.hangsUp(), ending(s, 4), {Type: "botd.test", Call: s.call, CallSequence: 5}} {
		x.note(Entry{r, 0, uint64(i + 1)})
	}
	if calls, connections := x.lines(); len(calls)+len(connections) != 0 {
		t.Errorf("left open: %v, %v", calls, connections)
	}
}
