// Package floor measures the least that an audio bridge has to do on this
// machine, and adds it up to the least CPU that a call can cost.
//
// Each operation runs in batches on one thread that is kept on one processor,
// and the thread's own time is counted; the median batch is taken. A bridge of
// the floor decodes those who speak, encodes once for all who listen and once
// for each speaker, and sends everybody a packet of their own, 50 times a
// second.
package floor
