// Package conformance has the service's official SDKs, unmodified, call every
// public method of their clients against a whole server, and check every result
// and every event.
//
// It is tests only. A program in each language (js, python, java) goes through
// the steps and tells how each ended; simulated people, who answer, decline and
// hang up when the program asks at the test's door, are on the other side. At
// the end each program compares what the SDK has with what was called.
//
// Four tables are shared: events.json is the shape of every event that may come,
// never.json says why some do not; operations.json has every operation of the
// contract and the statuses of its success, later.json those that are yet to come,
// and what they answer until then. An operation that is taken out of later.json
// must succeed.
//
// Between the programs and the server stands a proxy that compares every request
// and every answer with the server's own openapi.json, and notes which operations
// were reached.
package conformance
