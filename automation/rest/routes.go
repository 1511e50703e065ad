package rest

import "net/http"

// route is an operation: where it is, and what it does.
type route struct {
	method, path, name string
	family             family
	once               repetitions
	open               bool // needs no credentials
	fresh              bool // makes a call that was not there
	streams            bool // to those who accept it
	action

	pattern []string // path by segments; the router's
}

// repetitions say what Repeatability headers do for an operation.
type repetitions int

const (
	many  repetitions = iota // nothing
	once                     // the result is kept
	noted                    // noted before it runs, too: it makes something new
)

const (
	get    = http.MethodGet
	post   = http.MethodPost
	put    = http.MethodPut
	patch  = http.MethodPatch
	remove = http.MethodDelete
)

// cc is one connection (rest.md section 5).
const cc = "/calling/callConnections/{callConnectionId}"

// table is every operation. A path is written as the contract writes it;
// "{id}:verb" is one segment.
func (s *Server) table() []route {
	var all []route
	for _, part := range [][]route{
		s.callRoutes(), s.participantRoutes(), s.controlRoutes(), s.mediaRoutes(), s.identityRoutes(), s.roomRoutes(), s.overviewRoutes(),
		s.eventRoutes(), s.subscriptionRoutes(), s.letterRoutes(), s.publicRoutes(), missing(),
	} {
		all = append(all, part...)
	}
	return all
}

func (s *Server) callRoutes() []route {
	a, f := s.cfg.Automation, calling
	return []route{
		{method: post, path: "/calling/callConnections", name: "createCall", family: f, once: noted, fresh: true, action: begins(s, 201, s.create)},
		{method: post, path: "/calling/callConnections:answer", name: "answerCall", family: f, once: once, action: begins(s, 200, s.take)},
		{method: post, path: "/calling/callConnections:redirect", name: "redirectCall", family: f, once: once, action: done(204, a.Redirect)},
		{method: post, path: "/calling/callConnections:reject", name: "rejectCall", family: f, once: once, action: done(204, a.Reject)},
		{method: get, path: cc, name: "getCall", family: f, action: read(s.properties)},
		{method: remove, path: cc, name: "hangUpCall", family: f, action: told(s, 204, a.HangUp)},
		{method: post, path: cc + ":terminate", name: "terminateCall", family: f, once: once, action: told(s, 204, a.Terminate)},
	}
}

func (s *Server) participantRoutes() []route {
	f := calling
	return []route{
		{method: get, path: cc + "/participants", name: "getParticipants", family: f, action: read(s.participants)},
		{method: get, path: cc + "/participants/{participantRawId}", name: "getParticipant", family: f, action: read(s.participant)},
		{method: post, path: cc + "/participants:add", name: "addParticipant", family: f, once: once, action: onCall(s, 202, s.add)},
		{method: post, path: cc + "/participants:cancelAddParticipant", name: "cancelAddParticipant", family: f, once: once, action: onCall(s, 202, s.cancelAdd)},
		{method: post, path: cc + "/participants:remove", name: "removeParticipant", family: f, once: once, action: onCall(s, 202, s.remove)},
		{method: post, path: cc + "/participants:mute", name: "muteParticipants", family: f, once: once, action: onCall(s, 200, s.mute)},
	}
}

func (s *Server) mediaRoutes() []route {
	a, f := s.cfg.Automation, calling
	return []route{
		{method: post, path: cc + ":play", name: "play", family: f, action: accepted(s, a.Play)},
		{method: post, path: cc + ":recognize", name: "recognize", family: f, action: accepted(s, a.Recognize)},
		{method: post, path: cc + ":startMediaStreaming", name: "startMediaStreaming", family: f, action: accepted(s, a.StartMediaStreaming)},
		{method: post, path: cc + ":stopMediaStreaming", name: "stopMediaStreaming", family: f, action: accepted(s, a.StopMediaStreaming)},
		{method: post, path: cc + ":startContinuousDtmfRecognition", name: "startContinuousDtmfRecognition", family: f, action: acknowledged(s, a.StartContinuousDTMF)},
		{method: post, path: cc + ":stopContinuousDtmfRecognition", name: "stopContinuousDtmfRecognition", family: f, action: acknowledged(s, a.StopContinuousDTMF)},
		{method: post, path: cc + ":sendDtmfTones", name: "sendDtmfTones", family: f, once: once, action: onCall(s, 202, s.sendKeys)},
		{method: post, path: cc + ":startTranscription", name: "startTranscription", family: f, action: accepted(s, a.StartTranscription)},
		{method: post, path: cc + ":updateTranscription", name: "updateTranscription", family: f, action: accepted(s, a.UpdateTranscription)},
		{method: post, path: cc + ":stopTranscription", name: "stopTranscription", family: f, action: accepted(s, a.StopTranscription)},
		{method: post, path: cc + ":detectAnsweringMachine", name: "detectAnsweringMachine", family: beyond, action: accepted(s, a.DetectMachine)},
		{method: post, path: cc + ":startBackgroundSound", name: "startBackgroundSound", family: beyond, action: accepted(s, a.StartBackground)},
		{method: post, path: cc + ":stopBackgroundSound", name: "stopBackgroundSound", family: beyond, action: accepted(s, a.StopBackground)},
		{method: post, path: cc + ":cancelAllMediaOperations", name: "cancelAllMediaOperations", family: f, action: told(s, 202, a.CancelMedia)},
	}
}

func (s *Server) identityRoutes() []route {
	f, one := identities, "/identities/{id}"
	return []route{
		{method: post, path: "/identities", name: "createIdentity", family: f, action: asked(201, s.createUser)},
		{method: remove, path: one, name: "deleteIdentity", family: f, action: named("id", 204, s.deleteUser)},
		{method: post, path: one + "/:issueAccessToken", name: "issueAccessToken", family: f, action: asked(200, s.issueToken)},
		{method: post, path: one + "/:revokeAccessTokens", name: "revokeAccessTokens", family: f, action: named("id", 204, s.revokeTokens)},
		{method: post, path: "/teamsUser/:exchangeAccessToken", name: "exchangeTeamsUserAccessToken", family: f, action: asked(200, s.exchange)},
	}
}

func (s *Server) eventRoutes() []route {
	f := beyond
	return []route{
		{method: get, path: cc + "/events", name: "getConnectionEvents", family: f, streams: true, action: s.connectionEvents()},
		{method: get, path: "/calling/events", name: "getEvents", family: f, streams: true, action: s.allEvents()},
	}
}

// publicRoutes are for those who check our tokens, or want to know what is here.
func (s *Server) publicRoutes() []route {
	return []route{
		{method: get, path: "/calling/.well-known/acsopenidconfiguration", name: "getDiscovery", family: beyond, open: true, action: read(s.discovery)},
		{method: get, path: "/calling/keys", name: "getKeys", family: beyond, open: true, action: read(s.keys)},
		{method: get, path: "/openapi.json", name: "getDocument", family: beyond, open: true, action: action{
			status: 200, do: s.openAPI,
		}},
	}
}
