package rest

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestAPathLeadsToItsOperation(t *testing.T) {
	r := newRouter((&Server{cfg: Config{}}).table())
	for _, row := range []struct{ method, path, name, param, value string }{
		{"POST", "/calling/callConnections", "createCall", "", ""},
		{"POST", "/calling/callConnections:answer", "answerCall", "", ""},
		{"GET", "/calling/callConnections/41a0", "getCall", "callConnectionId", "41a0"},
		{"DELETE", "/calling/callConnections/41a0", "hangUpCall", "callConnectionId", "41a0"},
		{"POST", "/calling/callConnections/41a0:play", "play", "callConnectionId", "41a0"},
		{"POST", "/calling/callConnections/41a0%3Aplay", "play", "callConnectionId", "41a0"},
		{"POST", "/calling/callConnections/a:b:play", "play", "callConnectionId", "a:b"},
		{"POST", "/calling/callConnections/41a0/participants:add", "addParticipant", "callConnectionId", "41a0"},
		{"GET", "/calling/callConnections/41a0/participants", "getParticipants", "callConnectionId", "41a0"},
		{"GET", "/calling/callConnections/41a0/participants/4%3A%2B15551230001", "getParticipant", "participantRawId", "4:+15551230001"},
		{"GET", "/calling/callConnections/41a0/participants/8:acs:r_u", "getParticipant", "participantRawId", "8:acs:r_u"},
		{"GET", "/calling/callConnections/41a0/participants/a%2Fb", "getParticipant", "participantRawId", "a/b"},
		{"POST", "/identities/8%3Aacs%3Ar_u/:issueAccessToken", "issueAccessToken", "id", "8:acs:r_u"},
		{"POST", "/teamsUser/:exchangeAccessToken", "exchangeTeamsUserAccessToken", "", ""},
		{"POST", "/calling/recordings/r1:pause", "pauseRecording", "recordingId", "r1"},
	} {
		rt, params, _, err := r.find(row.method, row.path)
		if err != nil || rt.name != row.name || row.param != "" && params[row.param] != row.value {
			t.Errorf("%s %s: %s %v, %v", row.method, row.path, rt.name, params, err)
		}
	}
}

func TestWhereThereIsNothingIsSaid(t *testing.T) {
	r := newRouter((&Server{cfg: Config{}}).table())
	for _, row := range []struct {
		method, path string
		err          error
	}{
		{"GET", "/", errNoRoute},
		{"GET", "/calling/callConnections/41a0/participants/x/y", errNoRoute},
		{"POST", "/calling/callConnections/:play", errMethod}, // GET {id}
		{"POST", "/calling/callConnections/41a0:dance", errMethod},
		{"PUT", "/calling/callConnections", errMethod},
		{"GET", "/calling/callConnections/%zz", errNoRoute},
		{"GET", "/calling/callConnections/", errNoRoute},
		{"GET", "/calling/callConnections/" + strings.Repeat("x", maxName+1), errNoRoute},
		{"POST", "/calling/callConnections/" + strings.Repeat("x", maxName+1) + ":play", errNoRoute},
	} {
		if _, _, _, err := r.find(row.method, row.path); !errors.Is(err, row.err) {
			t.Errorf("%s %s: %v", row.method, row.path, err)
		}
	}
	_, _, allowed, _ := r.find("PUT", "/calling/callConnections/41a0")
	if !slices.Equal(allowed, []string{"GET", "DELETE"}) {
		t.Errorf("allowed %v", allowed)
	}
}

func FuzzEveryPathIsRead(f *testing.F) {
	f.Add("POST", "/calling/callConnections/41a0:play")
	f.Add("GET", "/identities/%3A/:revokeAccessTokens")
	r := newRouter((&Server{cfg: Config{}}).table())
	f.Fuzz(func(t *testing.T, method, path string) {
		rt, params, _, err := r.find(method, path)
		if err != nil {
			return
		}
		for name, value := range params {
			if value == "" {
				t.Fatalf("%s %s: %s is empty in %s", method, path, name, rt.name)
			}
		}
	})
}
