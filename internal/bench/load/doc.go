// Package load is the generator of the bench: it fills calls of a server with
// WebRTC participants who speak, are silent or leave their microphones open, and
// measures what each of them receives and what that costs the server.
//
// It is cheap, so that it needs no more than one processor where the server has
// another: speech is encoded beforehand and shared, one goroutine sends for
// everybody, all count packets and only a few decode them.
package load
