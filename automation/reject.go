package automation

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/call"
)

// RejectRequest declines an incoming call (rest.md section 6.3).
type RejectRequest struct {
	IncomingCallContext string `json:"incomingCallContext"`
	// CallRejectReason is "none" (the default), "busy" or "forbidden".
	CallRejectReason string `json:"callRejectReason,omitempty"`
}

// rejections are the reasons that may be given, and what the caller is told.
var rejections = map[string]call.Reason{
	"":          call.ReasonDeclined,
	"none":      call.ReasonDeclined,
	"busy":      call.ReasonBusy,
	"forbidden": {Code: 603, Subcode: 8538, Message: "The callee does not allow the call."},
}

// Reject declines an incoming call; no event follows. call.ErrNoCall if it
// rings no more.
func (s *Service) Reject(ctx context.Context, r RejectRequest) error {
	if r.IncomingCallContext == "" {
		return required("incomingCallContext")
	}
	why, ok := rejections[r.CallRejectReason]
	if !ok {
		return invalid("callRejectReason", "it is none of none, busy, forbidden")
	}
	inv, err := s.invitation(r.IncomingCallContext)
	if err != nil {
		return fmt.Errorf("reject: %w", err)
	}
	if err := inv.Reject(ctx, why); err != nil {
		return fmt.Errorf("reject: %w", err)
	}
	return nil
}
