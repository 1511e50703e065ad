// Package room keeps rooms: calls to come, with a list of who may enter them,
// when, and as what. It knows nothing of how people reach it; what changes
// while a room's call goes on it tells the call.
package room
