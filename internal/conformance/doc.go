// Package conformance has the service's official SDKs, unmodified, call every
// public method of their clients against a whole server, and check every result
// and every event.
//
// It is tests only. A program in each language (js, python, java) goes through
// the steps and tells how each ended; simulated people, who answer, decline and
// hang up when the program asks, are on the other side.
package conformance
