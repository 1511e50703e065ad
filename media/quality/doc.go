// Package quality tells how good a conversation sounds from what the network did
// to it: the E-model of ITU-T G.107 makes a rating of codec, loss and delay, a
// Window makes a Sample of the counters of one stream, and a Grader says which
// of them are worth telling. It knows no packet and no socket: others count.
package quality
