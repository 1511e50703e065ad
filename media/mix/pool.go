package mix

import (
	"fmt"
	"sync"

	"github.com/botd-dev/botd/media"
)

// spare is how many encoders of one format wait to be used again. One of Opus
// takes some 30 KB.
const spare = 64

// pool makes encoders, keeps those that are not used at present, and knows what
// silence sounds like in each format.
type pool struct {
	build func(media.Format) (media.Encoder, error)

	mu      sync.Mutex
	free    map[media.Format][]media.Encoder
	silence map[media.Format][]byte
}

func newPool(build func(media.Format) (media.Encoder, error)) *pool {
	return &pool{
		build: build,
		free:  map[media.Format][]media.Encoder{}, silence: map[media.Format][]byte{},
	}
}

// take gives an encoder that nobody uses, and tells whether somebody has.
func (p *pool) take(f media.Format) (e media.Encoder, used bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free[f]); n > 0 {
		e = p.free[f][n-1]
		p.free[f] = p.free[f][:n-1]
		return e, true, nil
	}
	e, err = p.make(f)
	return e, false, err
}

// resetter is an encoder that can be made as if new.
type resetter interface{ Reset() error }

// give takes an encoder back. It forgets what it has encoded: the next stream may
// be another call's.
func (p *pool) give(f media.Format, e media.Encoder) {
	if r, ok := e.(resetter); ok && r.Reset() != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free[f]) < spare {
		p.free[f] = append(p.free[f], e)
	}
}

// silent is one payload of silence in a format, empty if there is none. It is
// made once and sent to whoever has heard nothing for a while: their decoders
// are all in the same state.
func (p *pool) silent(f media.Format) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, known := p.silence[f]
	if !known {
		s = p.listen(f)
		p.silence[f] = s
	}
	return s
}

// listen encodes a little silence and returns the end of it.
func (p *pool) listen(f media.Format) (s []byte) {
	defer func() {
		if recover() != nil {
			s = nil // as if there were none; whoever encodes with it says so
		}
	}()
	e, err := p.make(f)
	if err != nil {
		return nil
	}
	nothing := media.NewFrame(media.Rate)
	for range tail {
		if s, err = e.Encode(s[:0], nothing); err != nil {
			return nil
		}
	}
	return s
}

func (p *pool) make(f media.Format) (e media.Encoder, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("mix: encoder of %s panicked: %v", f.Codec, p)
		}
	}()
	return p.build(f)
}
