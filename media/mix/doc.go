// Package mix is the audio bridge: it selects who is heard, hands packets on
// where nothing has to be mixed, mixes, leaves each speaker's own voice out of
// what they hear, and encodes once for all who hear the same. A few shared
// workers tick many bridges from one timeline. It does not know what a call is.
//
// Everybody hears everybody, unless Bridge.Hear limits whom. Those whose limits
// come to the same hear by the same ears: the loudest are selected for each
// ears, decoded once for all of them, and mixed. An audience is those who hear
// by the same ears and to whom the same is played; in it those of one format are
// a group, which has one encoder. So the cost grows with what is different to
// hear, not with how many hear it.
//
// A tick, in tick.go, reads like this:
//
//	listen   asks those who are awake how loud they are       select.go, dominant.go
//	choose   finds the loudest, for each ears                 select.go
//	look     takes their packets                              route.go
//	advance  takes what is played                             playback.go
//	route    decides who is passed on and who is mixed        route.go
//	take     reads those who are mixed, skips the others      route.go
//	mix      adds up and turns down what is too loud          ears.go, audience.go, limiter.go
//	serve    hands everybody what they hear                   hear.go, stream.go
//	settle   fills the rings of taps, counts what was heard   tap.go, playback.go
//
// What ticks is a Clock (clock.go, slot.go), which an Alarm wakes (alarm.go).
package mix
