// Package stream carries the sound of a call to an application's WebSocket and
// back: the messages of both directions (Messages), a socket that is kept open
// (Link), what waits to be sent (Queue), what the application says (Voice) and
// who is heard alone (Lanes). It knows no call.
//
// Nothing here makes a call wait: what does not fit is dropped and counted.
package stream
