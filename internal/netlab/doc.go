// Package netlab is a network that loses, delays, reorders and repeats packets,
// for those who want to hear what becomes of a call.
//
// A Weather says what the network does, a Line does it to the packets that go
// one way, the same every time for the same seed. A NAT stands with real sockets
// between a WebRTC client and a server, and can get another address in the middle
// of a call. A Talker makes the packets of a speaker, and a Listener keeps what
// comes and plays it from a jitter buffer that knows the future, so that what is
// missing in it was lost and not late.
package netlab
