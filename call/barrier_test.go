package call_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
)

func TestAnOperationThatPanicsFailsAndTheCallGoesOn(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, cn := h.answered()
		broken := until("broken", time.Second)
		broken.Run = func(context.Context, *call.Stage) call.Event { panic("planted") }
		h.want(cn.Start(h.Context(), broken), nil)
		h.want(cn.Start(h.Context(), until("next", time.Second)), nil)
		time.Sleep(2 * time.Second)
		got := slices.DeleteFunc(h.book.told(cn, false), func(s string) bool { return !strings.HasPrefix(s, "test.") })
		h.want(got, []string{"test.broken failed", "test.next completed"})
		h.want(cn.View().State, call.Connected)
		leg.p.Gone(call.ReasonLocal)
	})
}
