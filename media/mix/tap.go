package mix

import (
	"slices"
	"time"

	"github.com/botd-dev/botd/media"
)

// tap fits media.Tap. One of the mix has an ear among the members, which hears
// what somebody would who has no limit and says nothing, or what the one hears
// who is left out. One of a port looks at what was read of it; it has that read
// if nobody else does.
type tap struct {
	bridge *Bridge
	opts   media.TapOptions
	ring   *ring
	rate   rate    // of its reader
	voices *voices // nil if it hears the mix as others do

	of     *member // whose sound it is, nil while they are not there
	ear    *member // its own, of the mix
	stream *stream // of what has no packets; nil until something has been encoded
	count  uint64
}

// Tap opens a tap. It may be opened, like Mute, before anybody has joined. Its
// error is ErrRate, or ErrClosed if the bridge is closed.
func (b *Bridge) Tap(opts media.TapOptions) (media.Tap, error) {
	if opts.Format.Codec == "" {
		opts.Format = media.Format{Codec: "opus", Rate: media.Rate}
	}
	if opts.Ring <= 0 {
		opts.Ring = 500 * time.Millisecond
	}
	t := &tap{bridge: b, opts: opts, ring: newRing(opts)}
	if err := t.rate.set(opts.Rate); err != nil {
		return nil, err
	}
	if opts.Each && (opts.Of != "" || opts.Packets || t.rate.conv != nil) {
		return nil, ErrEach
	}
	if opts.WithoutPlays {
		if opts.Of != "" || opts.Packets || opts.Each {
			return nil, ErrPlays
		}
		t.voices = newVoices()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, ErrClosed
	}
	b.taps = append(b.taps, t)
	if opts.Of == "" {
		b.listenIn(t)
	}
	b.changed = true
	return t, nil
}

// listenIn gives a tap of the mix its ear.
func (b *Bridge) listenIn(t *tap) {
	m := b.newMember("", (*ear)(t))
	m.tap, m.self = t, nil
	t.ear = m
	b.members = append(b.members, m)
}

// Read fits media.Tap.
func (t *tap) Read(to *media.Tapped) error {
	if err := t.ring.read(to); err != nil {
		return err
	}
	if !t.opts.Packets {
		t.rate.turn(&to.Frame, to.Sequence)
	}
	return nil
}

// Dropped fits media.Tap.
func (t *tap) Dropped() uint64 { return t.ring.lost() }

// Close fits media.Tap.
func (t *tap) Close() {
	b := t.bridge
	b.mu.Lock()
	defer b.mu.Unlock()
	t.ring.close()
	b.taps = slices.DeleteFunc(b.taps, func(other *tap) bool { return other == t })
	b.members = slices.DeleteFunc(b.members, func(m *member) bool { return m.tap == t })
	b.retire(t.stream)
	t.stream = nil
	b.changed = true
}

// find finds who is meant by the names.
func (t *tap) find(named map[string]*member) {
	t.of = named[t.opts.Of]
	if t.ear != nil {
		t.ear.self = named[t.opts.Without]
	}
}

// want has the sound of the port read that the tap is of. The ear of one that
// leaves somebody out is within the mix as they are.
func (t *tap) want() {
	b := t.bridge
	if t.of != nil && (t.of.speaks || t.of.ending) {
		b.want(t.of)
	}
	if t.ear != nil && t.ear.self != nil && t.ear.audience.ears.find(t.ear.self) != nil {
		t.ear.spoke = b.now
	}
}

// demand says whether a frame is wanted.
func (t *tap) demand() {
	if t.of != nil && t.of.taken && !t.asItCame() {
		t.of.framed = true
	}
}

// asItCame reports whether it gets the packet that was received.
func (t *tap) asItCame() bool { return t.opts.Packets && t.of.whole && !t.of.ending }

// offer puts in the ring what was said in this tick.
func (t *tap) offer() {
	m := t.of
	if m == nil || m.broken != nil {
		return
	}
	b := t.bridge
	to := t.ring.next()
	t.stamp(to, m.id, m.level)
	switch {
	case !m.taken:
		to.Frame.Silence()
	case t.asItCame():
		to.Codec, to.Lost = m.packet.Codec, m.packet.Lost
		to.Payload = append(to.Payload, m.packet.Payload...)
	default:
		t.sound(to, m)
	}
	t.ring.put()
	b.count.Tapped++
}

// sound puts in what was read.
func (t *tap) sound(to *media.Tapped, m *member) {
	f := m.voice
	if m.mend != nil {
		f = m.mend
	}
	if m.ending {
		f = t.bridge.faded(f, fadeOut)
	}
	switch {
	case f == nil:
		to.Frame.Silence()
	case t.opts.Packets:
		t.encode(to, f)
	default:
		copy(to.Frame.Samples, f.Samples)
	}
}

// encode puts in a payload of f.
func (t *tap) encode(to *media.Tapped, f *media.Frame) {
	b := t.bridge
	if t.stream == nil {
		t.stream = b.newStream(t.opts.Format)
	}
	to.Codec = t.opts.Format.Codec
	to.Payload = append(to.Payload, t.stream.encode(b, b.anew(f))...)
}

// stamp says when it was and who spoke.
func (t *tap) stamp(to *media.Tapped, who string, level uint8) {
	if level == media.Silent {
		who = ""
	}
	*to = media.Tapped{
		Sequence: t.count, Time: time.Duration(t.bridge.elapsed) * media.FrameDuration,
		Speaker: who, Level: level, Frame: to.Frame, Payload: to.Payload[:0],
	}
	t.count++
}

// ear is the port of a tap of the mix. It never says anything.
type ear tap

// Level fits media.Port.
func (*ear) Level() uint8 { return media.Silent }

// Read fits media.Port.
func (*ear) Read(f *media.Frame) error { f.Silence(); return nil }

// Skip fits media.Port.
func (*ear) Skip() {}

// Format fits media.Port: linear PCM, or what packets are encoded in.
func (e *ear) Format() media.Format {
	if e.opts.Packets {
		return e.opts.Format
	}
	return media.Format{}
}

// Hear fits media.Port.
func (e *ear) Hear(s media.Sound) {
	t := (*tap)(e)
	b := t.bridge
	if t.opts.Each {
		t.each()
		return
	}
	who, level := b.loudest(t.ear)
	to := t.ring.next()
	t.stamp(to, who, level)
	switch {
	case t.voices != nil:
		t.voices.hear(t, to.Frame.Samples)
	case !t.opts.Packets:
		copy(to.Frame.Samples, s.Frame.Samples)
	case len(s.Payload) > 0 || s.Lost:
		to.Codec, to.Lost = t.opts.Format.Codec, s.Lost
		to.Payload = append(to.Payload, s.Payload...)
	}
	t.ring.put()
	b.count.Tapped++
}

// loudest is who is heard best by a member, and how loud they are.
func (b *Bridge) loudest(m *member) (id string, level uint8) {
	level = media.Silent
	for i := range m.audience.ears.parts {
		if p := m.audience.ears.parts[i].of; p != m.self && p.level < level {
			id, level = p.id, p.level
		}
	}
	return id, level
}
