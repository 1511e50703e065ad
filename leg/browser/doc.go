// Package browser is the way in for a browser: a WebSocket that says who calls
// whom (docs/signalling.md) and one WebRTC peer connection a call. It fits
// call.Leg, media.Port and call.Ringer; it mixes and records nothing.
package browser
