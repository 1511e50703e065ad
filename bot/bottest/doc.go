// Package bottest tries out bots, as httptest does servers: a script tells what
// callers do and what must come of it, and reads like a play.
//
//	bottest.Run(t, menu, func(s *bottest.Script) {
//		alice := s.Person("alice")
//		alice.Calls()
//		alice.Hears("press 1 for sales")
//		alice.Presses("1")
//		s.Bot().Transfers("sales")
//	})
//
// The calls, the actions, the backend of the bots and the bridge are those of
// the server; there is no network, no file and no codec. Time is virtual: an hour
// takes about a second. One thing happens at a time, and everything has come to
// rest before the next, so that the same seed gives the same log, byte for byte.
package bottest
