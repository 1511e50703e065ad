// Package mix is the audio bridge: it selects who is heard, mixes, leaves each
// speaker's own voice out of what they hear, and encodes once for all who hear
// the same. A few shared workers tick many bridges from one timeline. It does
// not know what a call is.
//
// Everybody hears everybody, unless Bridge.Hear limits whom. Those whose limits
// come to the same hear by the same ears: the loudest are selected for each
// ears, decoded once for all of them, and mixed. An audience is those who hear
// by the same ears and to whom the same is played; it has one encoder for each
// format. So the cost grows with what is different to hear, not with how many
// hear it.
package mix
