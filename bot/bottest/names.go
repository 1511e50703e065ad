package bottest

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"

	"github.com/google/uuid"
)

// names makes ids and random numbers of (seed, owner, counter), so that one more
// here changes none elsewhere.
type names struct {
	seed uint64

	mu     sync.Mutex
	counts map[string]uint64
}

func newNames(seed uint64) *names { return &names{seed: seed, counts: map[string]uint64{}} }

// id is the owner's next id: a UUID (RFC 9562, version 8).
func (n *names) id(owner string) string {
	n.mu.Lock()
	n.counts[owner]++
	count := n.counts[owner]
	n.mu.Unlock()
	sum := n.sum(fmt.Sprintf("%s %d", owner, count))
	id := uuid.UUID(sum[:16])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return id.String()
}

// random is the owner's own stream of numbers.
func (n *names) random(owner string) *rand.Rand {
	return rand.New(rand.NewChaCha8(n.sum("random " + owner))) //nolint:gosec // it is to be repeatable
}

func (n *names) sum(of string) [32]byte {
	return sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, n.seed), of...))
}
