package floor

import (
	"context"
	"slices"
	"time"

	"github.com/botd-dev/botd/internal/bench/proc"
)

// Costs are what one of each operation takes, in microseconds of one thread.
type Costs struct {
	Decode  float64 `json:"decode"`   // Opus, 20 ms of speech of 32 kbit/s
	Encode  float64 `json:"encode"`   // Opus, complexity 5, 32 kbit/s
	Add     float64 `json:"add"`      // a frame to the mix
	Own     float64 `json:"own"`      // take a speaker's own out of it
	Encrypt float64 `json:"encrypt"`  // SRTP with AES-128-GCM
	Decrypt float64 `json:"decrypt"`  // the same
	SendOne float64 `json:"send_one"` // UDP, a system call for each packet
	Send    float64 `json:"send"`     // UDP, a system call for 64
	Receive float64 `json:"receive"`  // UDP, a system call for 32
}

// second is how often a second a bridge does its work.
const second = 50

// Call is the least that a call costs, in milliseconds of CPU for each
// participant and second: sending is how many send, speakers how many of them
// are heard.
func (c Costs) Call(participants, speakers, sending int) float64 {
	n, k := float64(participants), float64(speakers)
	tick := float64(sending)*(c.Receive+c.Decrypt) +
		k*(c.Decode+c.Add+c.Own) + (k+1)*c.Encode +
		n*(c.Encrypt+min(c.Send, c.SendOne))
	return tick * second / 1000 / n
}

// Mean is what lies between two measurements.
func Mean(a, b Costs) Costs {
	half := func(x, y float64) float64 { return (x + y) / 2 }
	return Costs{
		Decode: half(a.Decode, b.Decode), Encode: half(a.Encode, b.Encode),
		Add: half(a.Add, b.Add), Own: half(a.Own, b.Own),
		Encrypt: half(a.Encrypt, b.Encrypt), Decrypt: half(a.Decrypt, b.Decrypt),
		SendOne: half(a.SendOne, b.SendOne), Send: half(a.Send, b.Send), Receive: half(a.Receive, b.Receive),
	}
}

// batches is how often each operation is measured; the median is taken.
const batches = 5

// batch runs something so many times and returns the thread's time for it.
type batch func(times int) (time.Duration, error)

// Measure measures everything on the thread that calls, which should be locked
// and kept on one processor.
func Measure(ctx context.Context) (*Costs, error) {
	codec, err := newCodecs(ctx)
	if err != nil {
		return nil, err
	}
	cipher, err := newCipher()
	if err != nil {
		return nil, err
	}
	network, err := newNetwork(ctx)
	if err != nil {
		return nil, err
	}
	defer network.close()
	c := &Costs{}
	for _, m := range []struct {
		to    *float64
		times int
		run   batch
	}{
		{&c.Decode, 500, codec.decode},
		{&c.Encode, 200, codec.encode},
		{&c.Add, 5000, codec.add},
		{&c.Own, 5000, codec.own},
		{&c.Encrypt, 20000, cipher.encrypt},
		{&c.Decrypt, 20000, cipher.decrypt},
		{&c.SendOne, 100 * peers, network.sendOne},
		{&c.Send, 100 * peers, network.send},
		{&c.Receive, 32 * batchSize, network.receive},
	} {
		if *m.to, err = median(m.times, m.run); err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// median is what one operation takes in the median batch, in microseconds.
func median(times int, run batch) (float64, error) {
	var each []float64
	for range batches + 1 {
		took, err := run(times)
		if err != nil {
			return 0, err
		}
		each = append(each, float64(took)/float64(time.Microsecond)/float64(times))
	}
	each = each[1:] // the first one warms the caches
	slices.Sort(each)
	return each[batches/2], nil
}

// timed is the thread's time for something.
func timed(work func() error) (time.Duration, error) {
	begin := proc.ThreadTime()
	err := work()
	return proc.ThreadTime() - begin, err
}
