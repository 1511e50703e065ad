package call

import "fmt"

// Reason says why something ended: a SIP-like code, the contract's subcode and
// a sentence.
type Reason struct {
	Code    int    `json:"code"`
	Subcode int    `json:"subCode"`
	Message string `json:"message"`
}

func (r Reason) String() string { return fmt.Sprintf("%d/%d %s", r.Code, r.Subcode, r.Message) }

// The reasons this package gives by itself; contract: events.md section 7.
var (
	ReasonLocal       = Reason{0, 0, "The participant hung up."}
	ReasonEnded       = Reason{0, 7000, "The call was ended by the application."}
	ReasonEveryone    = Reason{0, 4097, "The call was ended for everyone."}
	ReasonRemoved     = Reason{0, 5300, "The participant was removed."}
	ReasonElsewhere   = Reason{487, 10003, "The call was accepted elsewhere."}
	ReasonNoAnswer    = Reason{487, 10004, "Nobody answered in time."}
	ReasonCancelled   = Reason{487, 8542, "The invitation was cancelled."}
	ReasonCallerGone  = Reason{487, 0, "The caller hung up."}
	ReasonDeclined    = Reason{603, 8538, "The callee declined."}
	ReasonBusy        = Reason{486, 8539, "The callee is busy."}
	ReasonUnavailable = Reason{480, 8541, "Nobody is registered for the target."}
	ReasonUnreachable = Reason{480, 8544, "The target cannot be reached."}
	ReasonMediaLost   = Reason{410, 3112, "The media connection was lost."}
	ReasonMediaFailed = Reason{408, 10057, "The media connection could not be set up."}
	ReasonVanished    = Reason{0, 4521, "The client vanished."}
	ReasonShutdown    = Reason{503, 9998, "The server is going down."}
	ReasonCrash       = Reason{500, 9999, "The server stopped unexpectedly."}
	ReasonTooLong     = Reason{0, 8528, "The call reached its longest duration."}
	ReasonLobby       = Reason{408, 4506, "Nobody let the participant in in time."}
	ReasonRefused     = Reason{0, 5300, "The participant was not let in."}
	ReasonUnlisted    = Reason{0, 5317, "The participant was taken off the room's list."}
	ReasonMoved       = Reason{0, 0, "The participant was moved to another call."}
	ReasonTransferred = Reason{0, 0, "The participant was transferred to another call."}
	ReasonNoSuchCall  = Reason{404, 8543, "There is no such call."}
	ReasonEmpty       = Reason{0, 8528, "Nobody was left in the call."}
)
