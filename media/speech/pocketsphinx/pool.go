//go:build pocketsphinx

package pocketsphinx

import (
	"context"
	"fmt"
	"sync"

	"github.com/botd-dev/botd/media/speech"
)

// pool holds decoders, which take long to make and much memory. They are made
// when they are needed, as many as there may be.
type pool struct {
	dir     string
	slots   chan struct{} // as many as decoders are in use
	guesses chan struct{} // as many of them as are used for hypotheses
	closed  chan struct{}

	mu   sync.Mutex
	idle []*decoder
}

func newPool(cfg Config) (*pool, error) {
	if _, err := models(cfg.Models); err != nil {
		return nil, err
	}
	return &pool{
		dir: cfg.Models, slots: make(chan struct{}, cfg.Decoders), guesses: make(chan struct{}, cfg.Decoders-1),
		closed: make(chan struct{}),
	}, nil
}

// get waits for a decoder, which has to be put back.
func (p *pool) get(ctx context.Context) (*decoder, error) {
	select {
	case <-p.closed:
		return nil, errClosed()
	default:
	}
	select {
	case p.slots <- struct{}{}:
	case <-p.closed:
		return nil, errClosed()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	return p.made()
}

// made is a decoder for a slot that is taken.
func (p *pool) made() (*decoder, error) {
	if d := p.take(); d != nil {
		return d, nil
	}
	d, err := open(p.dir)
	if err != nil {
		<-p.slots
	}
	return d, err
}

// spare is a decoder that nobody else needs, for as long as somebody speaks; nil
// if there is none. One always remains for utterances that have ended, however
// many speak. It has to be returned.
func (p *pool) spare() (*decoder, error) {
	select {
	case p.guesses <- struct{}{}:
	default:
		return nil, nil //nolint:nilnil // as said above
	}
	select {
	case p.slots <- struct{}{}:
	default:
		<-p.guesses
		return nil, nil //nolint:nilnil // as said above
	}
	d, err := p.made()
	if err != nil {
		<-p.guesses
	}
	return d, err
}

// restore takes a spare one back.
func (p *pool) restore(d *decoder) {
	p.put(d)
	<-p.guesses
}

// take is one that was made already; nil if all are in use.
func (p *pool) take() *decoder {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	d := p.idle[n-1]
	p.idle = p.idle[:n-1]
	return d
}

func (p *pool) put(d *decoder) {
	p.mu.Lock()
	p.idle = append(p.idle, d)
	p.mu.Unlock()
	<-p.slots
}

// close waits for all decoders and frees them. It is called once.
func (p *pool) close() {
	close(p.closed)
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
	for d := p.take(); d != nil; d = p.take() {
		d.close()
	}
}

func errClosed() error { return fmt.Errorf("%w: pocketsphinx was closed", speech.ErrUnavailable) }
