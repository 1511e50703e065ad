package load

import (
	"context"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"

	"github.com/botd-dev/botd/internal/bench/join"
)

// levelID is the header extension of the level in the fake.
const levelID = 3

// fake is a server in memory that hands the packets of the first participant on
// to the others, and does wrong what it is told to. It fits join.Way.
type fake struct {
	delay time.Duration // until a packet is handed on
	leave int           // of so many packets one is left out
	echo  bool          // the first hears itself

	mu     sync.Mutex
	in     map[string]*fakePeer
	left   int
	levels map[uint8]int // of the packets that came, by their level
}

func newFake() *fake { return &fake{in: map[string]*fakePeer{}, levels: map[uint8]int{}} }

func (f *fake) Join(_ context.Context, who join.Person) (*join.Peer, error) {
	p := &fakePeer{server: f, name: who.Name, packets: make(chan late, 10_000), gone: make(chan struct{})}
	f.mu.Lock()
	f.in[who.Name] = p
	f.mu.Unlock()
	p.hears.Go(func() { who.Hears(p) })
	return &join.Peer{Voice: p, LevelID: levelID, Leave: p.leave}, nil
}

func (f *fake) Close() {}

// late is a packet and when it is to come.
type late struct {
	packet []byte
	at     time.Time
}

// fakePeer is one in the fake's call: where it says something, and where it
// hears. It fits join.Voice and join.Stream.
type fakePeer struct {
	server  *fake
	name    string
	said    int
	packets chan late
	gone    chan struct{}
	hears   sync.WaitGroup
}

func (p *fakePeer) leave() {
	p.server.mu.Lock()
	p.server.left++
	delete(p.server.in, p.name)
	p.server.mu.Unlock()
	close(p.gone)
	p.hears.Wait()
}

func (p *fakePeer) WriteRTP(packet *rtp.Packet) error {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	if level := packet.GetExtension(levelID); len(level) == 1 {
		p.server.levels[level[0]]++
	}
	p.said++
	if p.name != "bench-0-p0" || p.server.leave > 0 && p.said%p.server.leave == 0 {
		return nil
	}
	b, err := packet.Marshal()
	if err != nil {
		return err
	}
	for name, to := range p.server.in {
		if name != p.name || p.server.echo {
			to.packets <- late{b, time.Now().Add(p.server.delay)}
		}
	}
	return nil
}

func (p *fakePeer) Read(b []byte) (int, interceptor.Attributes, error) {
	select {
	case l := <-p.packets:
		if err := p.until(l.at); err != nil {
			return 0, nil, err
		}
		return copy(b, l.packet), nil, nil
	case <-p.gone:
		return 0, nil, io.EOF
	}
}

// until waits for a time, or for the end.
func (p *fakePeer) until(at time.Time) error {
	select {
	case <-time.After(time.Until(at)):
		return nil
	case <-p.gone:
		return io.EOF
	}
}

// voicesOnce are made for the first test that needs them: they take a while.
var voicesOnce = sync.OnceValues(func() (*Voices, error) { return NewVoices(context.Background()) })

// voices are what is said in the tests.
func voices(t *testing.T) *Voices {
	t.Helper()
	v, err := voicesOnce()
	if err != nil {
		t.Fatal(err)
	}
	return v
}
