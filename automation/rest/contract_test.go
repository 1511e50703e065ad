package rest

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/botd-dev/botd/call/room"
)

// promise is an operation of the contract (rest.md sections 5, 10 and 11).
type promise struct {
	method, path string
	repeatable   bool
	status       []int // of success
	answers      bool  // with a body
}

const (
	newest  = "2026-03-12"
	people  = "2023-10-01"
	meeting = "2025-03-13"
)

// contract is every operation of the contract, by the version of its family.
// The two that fetch and delete the content of recordings are at addresses of
// their own.
var contract = map[string][]promise{
	newest: {
		{post, "/calling/callConnections", true, []int{201}, true},
		{post, "/calling/callConnections:answer", true, []int{200}, true},
		{post, "/calling/callConnections:redirect", true, []int{204}, false},
		{post, "/calling/callConnections:reject", true, []int{204}, false},
		{post, "/calling/callConnections:connect", true, []int{200}, true},
		{get, cc, false, []int{200}, true},
		{remove, cc, false, []int{204}, false},
		{post, cc + ":terminate", true, []int{204}, false},
		{post, cc + ":transferToParticipant", true, []int{202}, true},
		{get, cc + "/participants", false, []int{200}, true},
		{get, cc + "/participants/{participantRawId}", false, []int{200}, true},
		{post, cc + "/participants:add", true, []int{202}, true},
		{post, cc + "/participants:remove", true, []int{202}, true},
		{post, cc + "/participants:mute", true, []int{200}, true},
		{post, cc + "/participants:cancelAddParticipant", true, []int{202}, true},
		{post, cc + "/participants:moveHere", true, []int{202}, true},
		{post, cc + ":play", false, []int{202}, false},
		{post, cc + ":recognize", false, []int{202}, false},
		{post, cc + ":cancelAllMediaOperations", false, []int{202}, false},
		{post, cc + ":startContinuousDtmfRecognition", false, []int{200}, false},
		{post, cc + ":stopContinuousDtmfRecognition", false, []int{200}, false},
		{post, cc + ":sendDtmfTones", true, []int{202}, true},
		{post, cc + ":hold", false, []int{200}, false},
		{post, cc + ":unhold", false, []int{200}, false},
		{post, cc + ":startTranscription", false, []int{202}, false},
		{post, cc + ":updateTranscription", false, []int{202}, false},
		{post, cc + ":stopTranscription", false, []int{202}, false},
		{post, cc + ":startMediaStreaming", false, []int{202}, false},
		{post, cc + ":stopMediaStreaming", false, []int{202}, false},
		{post, "/calling/recordings", true, []int{200, 202}, true},
		{get, "/calling/recordings/{recordingId}", false, []int{200}, true},
		{remove, "/calling/recordings/{recordingId}", false, []int{204}, false},
		{post, "/calling/recordings/{recordingId}:pause", false, []int{202}, false},
		{post, "/calling/recordings/{recordingId}:resume", false, []int{202}, false},
	},
	people: {
		{post, "/identities", false, []int{201}, true},
		{remove, "/identities/{id}", false, []int{204}, false},
		{post, "/identities/{id}/:issueAccessToken", false, []int{200}, true},
		{post, "/identities/{id}/:revokeAccessTokens", false, []int{204}, false},
		{post, "/teamsUser/:exchangeAccessToken", false, []int{200}, true},
	},
	meeting: {
		{post, "/rooms", true, []int{201}, true},
		{get, "/rooms", false, []int{200}, true},
		{get, "/rooms/{roomId}", false, []int{200}, true},
		{patch, "/rooms/{roomId}", false, []int{200}, true},
		{remove, "/rooms/{roomId}", false, []int{204}, false},
		{get, "/rooms/{roomId}/participants", false, []int{200}, true},
		{patch, "/rooms/{roomId}/participants", false, []int{200}, true},
	},
}

// beyondReach are operations that this server does not have.
func beyondReach(path string) bool { return strings.HasPrefix(path, "/calling/recordings") }

func TestEveryOperationOfTheContractIsAsTheContractHasIt(t *testing.T) {
	rows := map[string]route{}
	for _, rt := range (&Server{cfg: Config{Rooms: &room.Book{}}}).table() {
		rows[rt.method+" "+rt.path] = rt
	}
	for version, promises := range contract {
		for _, p := range promises {
			rt, there := rows[p.method+" "+p.path]
			switch {
			case !there:
				t.Errorf("%s %s is not there", p.method, p.path)
			case rt.family.versions[0] != version || rt.family.optional || rt.open:
				t.Errorf("%s: version %s, may do without: %t, open: %t", rt.name, rt.family.versions[0], rt.family.optional, rt.open)
			case beyondReach(p.path):
				if rt.status != http.StatusMethodNotAllowed {
					t.Errorf("%s: %d", rt.name, rt.status)
				}
			case !slices.Contains(p.status, rt.status) || (rt.out != nil) != p.answers || (rt.once != many) != p.repeatable:
				t.Errorf("%s: %d, with a body: %t, repeatable: %t; want %+v", rt.name, rt.status, rt.out != nil, rt.once != many, p)
			}
		}
	}
}

func TestNoOperationOfTheContractDoesWithoutCredentialsOrVersion(t *testing.T) {
	d := newDesk(t)
	concrete := strings.NewReplacer("{callConnectionId}", "c", "{participantRawId}", "p", "{recordingId}", "r", "{id}", "i", "{roomId}", "1")
	for version, promises := range contract {
		for _, p := range promises {
			target := concrete.Replace(p.path)
			d.refused(d.ask(p.method, target+"?api-version="+version, "", "Authorization", "none"), 401, "Unauthorized")
			for _, query := range []string{"", "?api-version=2019-01-01"} {
				r := d.ask(p.method, target+query, "")
				d.refused(r, 400, "8523")
				if !strings.Contains(string(r.body), `"target":"api-version"`) {
					t.Errorf("%s %s: %s", p.method, target, r.body)
				}
			}
		}
	}
}
