// Package call is one conversation: who is in it, who controls it, what state
// it is in and what has happened. It knows nothing of HTTP, WebRTC, SIP or NATS.
package call
