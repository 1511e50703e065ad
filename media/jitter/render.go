package jitter

import "github.com/botd-dev/botd/media"

// voice is the decoder of a stream, made when it is needed first.
type voice struct {
	open  func() (media.Decoder, error)
	dec   media.Decoder // nil: not yet, or it could not be made
	frame media.Frame   // as the decoder gives it
}

// ready reports whether there is a decoder, making it if need be.
func (v *voice) ready() bool {
	if v.dec == nil {
		v.dec, _ = v.open()
	}
	return v.dec != nil
}

// decode decodes a payload into frame, and reports whether it could.
func (v *voice) decode(payload []byte) bool {
	if !v.ready() {
		return false
	}
	err := v.dec.Decode(&v.frame, payload)
	return err == nil && len(v.frame.Samples) > 0 && len(v.frame.Samples) <= longestPacket
}

// conceal fills frame with n samples that might have been said.
func (v *voice) conceal(n int, next []byte) {
	n = min(n, longestPacket)
	v.frame.Resize(n, media.Rate)
	if !v.ready() || v.dec.Conceal(&v.frame, next) != nil || len(v.frame.Samples) != n {
		v.frame.Resize(n, media.Rate)
		v.frame.Silence()
	}
}

// render makes sound of the item; want is how much there is to be at least, for
// what has no length of its own.
func (r *Receiver) render(want int) {
	r.held = false
	want = max(want-r.tape.unread(), 0)
	switch r.item.Kind {
	case Silence:
		r.hush(want)
	case Late:
		r.makeUp(want)
	case Sound:
		r.prime()
		r.sound()
	case Lost:
		r.prime()
		r.voice.conceal(samples(r.item.Duration), r.item.Next)
		mend(&r.tape, r.voice.frame.Samples)
		r.append(r.item.Missing)
	}
}

// sound decodes the item.
func (r *Receiver) sound() {
	if r.item.Missing && r.madeUp > 0 { // tell the decoder what it missed
		r.voice.conceal(media.FrameSize, r.item.Payload)
	}
	if r.voice.decode(r.item.Payload) {
		r.step = divisor(media.FrameSize, len(r.voice.frame.Samples))
		r.judge()
	} else {
		r.voice.conceal(samples(r.item.Duration), nil)
		r.buf.count(func(s *Stats, _ int) { s.Discarded++; s.Concealed++ }, 1)
	}
	r.append(r.item.Missing)
}

// append writes what was decoded after what is there. Made-up sound that lasted
// no longer than its packet was late goes on in it by itself.
func (r *Receiver) append(missing bool) {
	switch {
	case r.silent:
		fade(r.voice.frame.Samples[:min(onset, len(r.voice.frame.Samples))], 0, 1)
		r.tape.write(r.voice.frame.Samples)
	case missing || r.madeUp > fadeAfter:
		r.wsola.join(&r.tape, r.voice.frame.Samples)
	default:
		r.tape.write(r.voice.frame.Samples)
	}
	r.madeUp, r.silent = 0, false
}

const (
	// fadeAfter is how much may be made up before it begins to fade: nobody knows
	// what is being said by then.
	fadeAfter = media.FrameSize + maxPeriod
	// faded is what is left of it after each 20 ms more.
	faded = 0.75
)

// makeUp stretches what was said last until n samples more are there.
func (r *Receiver) makeUp(n int) {
	r.prime()
	if r.silent {
		r.tape.silence(n)
		return
	}
	from := r.tape.unread()
	put := r.wsola.grow(&r.tape, n, -1)
	if r.madeUp+put > fadeAfter {
		fade(r.tape.samples[r.tape.at+from:], 1, faded)
	}
	r.madeUp += put
}

// hush goes over into silence, n samples of it.
func (r *Receiver) hush(n int) {
	if !r.silent && r.tape.samples != nil && n >= seam {
		from := len(r.tape.samples) - r.tape.at
		r.wsola.grow(&r.tape, seam, -1)
		end := r.tape.at + from + seam
		fade(r.tape.samples[end-seam:end], 1, 0)
		r.tape.samples = r.tape.samples[:end]
		n -= seam
	}
	r.tape.silence(n)
	r.silent, r.madeUp = true, 0
	r.passed.count = 0
}

// divisor is the greatest that two numbers have in common.
func divisor(a, b int) int {
	for b > 0 {
		a, b = b, a%b
	}
	return a
}
