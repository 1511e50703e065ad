// Package sound prepares what the participants of a bench say, and finds the
// markers in what they hear.
//
// Everything is encoded once, beforehand, so that sending costs the generator
// next to nothing. The speech has nothing above 4 kHz; a marker is a short tone
// of 5 kHz in a packet that is known, so that whoever decodes the other end can
// tell how long that packet took.
package sound
