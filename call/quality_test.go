package call_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
)

// lossy is the quality of somebody whose packets get lost on the way here.
func lossy() call.Quality {
	q := call.Quality{Codec: "opus"}
	q.In = call.Incoming{Travel: call.Travel{Packets: 900, Lost: 100, LostPercent: 10, JitterMs: 30, MOS: 2.4, Grade: call.GradeBad}}
	q.Out.Grade = call.GradeGood
	return q
}

func TestQualityIsReadFromTheLegAsItIsNow(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, _ := h.answered()
		read := func() (call.Quality, bool) { return h.Calls()[0].Members[0].Quality() }
		if _, ok := read(); ok {
			t.Error("a leg without figures has a quality")
		}
		q := lossy()
		leg.mu.Lock()
		leg.quality = &q
		leg.mu.Unlock()
		if got, ok := read(); !ok || got != q {
			t.Errorf("%+v", got)
		}
		if _, ok := h.Calls()[0].Members[1].Quality(); ok {
			t.Error("a seat has a quality")
		}
	})
}

func TestBadSoundIsFoundFromTheEndBack(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, _ := h.answered()
		leg.p.Rated(lossy())
		leg.p.Lost()
		h.pass(121 * time.Second)
		h.because("timer: The reconnect time-out", "network: No packets came from "+string(alice),
			"quality: The sound of "+string(alice)+" came in badly (10 % lost, jitter 30 ms, MOS 2.4).")
	})
}

func TestSoundThatIsGoodAgainSaysSo(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, cn := h.answered()
		leg.p.Rated(lossy())
		q := lossy()
		q.Out.Grade = call.GradePoor
		leg.p.Rated(q)
		q.In.Grade, q.Out.Grade = call.GradeGood, call.GradeGood
		leg.p.Rated(q)
		h.want(cn.Terminate(h.Context()), nil)
		synctest.Wait()
		h.because("quality: The sound of "+string(alice)+" was good again.", "; what "+string(alice)+" heard arrived poorly (")
	})
}

func TestWhoHasLeftLeavesTheirQuality(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, _ := h.answered()
		q := lossy()
		leg.mu.Lock()
		leg.quality = &q
		leg.mu.Unlock()
		leg.p.Gone(call.ReasonLocal)
		synctest.Wait()
		for _, r := range h.book.records {
			var e struct {
				ParticipantID string
				State         call.State
				Quality       *call.Quality
			}
			h.want(json.Unmarshal(r.Data, &e), nil)
			if strings.HasSuffix(r.Type, "participant.state") && e.ParticipantID == leg.p.ID() && e.State == call.Gone {
				if e.Quality == nil || *e.Quality != q {
					t.Errorf("%s", r.Data)
				}
				return
			}
		}
		t.Error("nobody left")
	})
}
