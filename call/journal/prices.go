package journal

import (
	"sync"
	"time"
)

// atomicFrom is the number of messages from which a batch with one sync is
// cheaper than a sync each, as long as neither has been measured.
const atomicFrom = 16

// prices are what writing costs here: a batch takes several syncs however long
// it is, single messages take one each, and disks differ tenfold.
type prices struct {
	mu            sync.Mutex
	single, batch time.Duration // means of late, zero if unknown
}

// batched says whether that many messages had better be a batch.
func (p *prices) batched(messages int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.single == 0 || p.batch == 0 {
		return messages >= atomicFrom
	}
	return messages > 1 && time.Duration(messages)*p.single > p.batch
}

// paid takes what that many messages have cost.
func (p *prices) paid(messages int, batched bool, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if batched {
		p.batch = mean(p.batch, took)
	} else {
		p.single = mean(p.single, took/time.Duration(messages))
	}
}

// mean moves an eighth of the way to what was seen last, at least a nanosecond
// from zero.
func mean(before, last time.Duration) time.Duration {
	if before == 0 {
		return max(last, 1)
	}
	return max(before+(last-before)/8, 1)
}
