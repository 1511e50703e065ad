// Package conformance has the service's official SDKs, unmodified, call every
// public method of their clients against a whole server, and check every result
// and every event.
//
// It is tests only. A program in each language (js, python, java) goes through
// the steps and tells how each ended; simulated people, who answer, decline and
// hang up when the program asks at the test's door, are on the other side. At
// the end each program compares what the SDK has with what was called.
//
// Two tables are shared by the programs: events.json is the shape of every event
// that may come; later.json has the operations that are yet to come, and what
// they answer until then. An operation that is taken out of later.json must
// succeed.
package conformance
