package dtmf_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/dtmf"
	"github.com/botd-dev/botd/media/measure"
)

var began = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

// sent is what goes over the wire for some keys, with the step it goes at.
type sent struct {
	step int
	rtp.Packet
}

func send(t *testing.T, clock int, tones ...dtmf.Tone) []sent {
	t.Helper()
	s := dtmf.NewSender(clock)
	done, err := s.Press(tones...)
	if err != nil {
		t.Fatal(err)
	}
	var all []sent
	for step := range len(tones) * 9 {
		p, ok := s.Next(0xfffffff0 + uint32(step*clock/50)) // wraps
		if !ok {
			continue
		}
		all = append(all, sent{step, rtp.Packet{
			Header:  rtp.Header{Timestamp: p.Timestamp, Marker: p.Marker, SequenceNumber: uint16(len(all)), SSRC: 7},
			Payload: append([]byte{}, p.Payload...),
		}})
	}
	select {
	case <-done:
	default:
		t.Error("not done after all was sent")
	}
	return all
}

func (s sent) at() time.Time { return began.Add(time.Duration(s.step) * media.FrameDuration) }

func presses(r *dtmf.Receiver, packets []sent) (got string) {
	for _, p := range packets {
		if tone, ok := r.Push(&p.Packet, p.at()); ok {
			c, _ := tone.Char()
			got += string(c)
		}
	}
	return got
}

func spell(t *testing.T, chars string) []dtmf.Tone {
	t.Helper()
	var tones []dtmf.Tone
	for i := range len(chars) {
		tone, ok := dtmf.FromChar(chars[i])
		if !ok {
			t.Fatalf("%c is no key", chars[i])
		}
		tones = append(tones, tone)
	}
	return tones
}

const everyKey = "0123456789*#ABCD"

func TestEveryKeyHasOneNameCodeAndCharacter(t *testing.T) {
	names := map[dtmf.Tone]bool{}
	for i, tone := range spell(t, everyKey) {
		names[tone] = true
		code, ok := tone.Code()
		back, _ := dtmf.FromCode(code)
		if !ok || int(code) != i || back != tone {
			t.Errorf("%s has code %d, which is %s", tone, code, back)
		}
	}
	if len(names) != 16 || !names["zero"] || !names["pound"] || !names["asterisk"] || !names["d"] {
		t.Errorf("keys are %v", names)
	}
	if lower, ok := dtmf.FromChar('b'); !ok || lower != dtmf.B {
		t.Errorf("b is %q", lower)
	}
	for _, wrong := range []byte{'E', 'e', ' ', 0, '`'} {
		if tone, ok := dtmf.FromChar(wrong); ok {
			t.Errorf("%q is %s", wrong, tone)
		}
	}
	if _, ok := dtmf.FromCode(16); ok {
		t.Error("flash is a key")
	}
	if _, ok := dtmf.Tone("eleven").Code(); ok {
		t.Error("eleven is a key")
	}
}

func TestAPressIsSentAsTheStandardSays(t *testing.T) {
	all := send(t, 8000, dtmf.Five)
	if len(all) != 7 {
		t.Fatalf("%d packets, want 7", len(all))
	}
	for i, p := range all {
		e, ok := dtmf.Parse(p.Payload)
		want := dtmf.Event{Code: 5, End: i >= 4, Volume: 10, Duration: uint16(min(i+1, 5) * 160)}
		if !ok || e != want || p.Marker != (i == 0) || p.Timestamp != 0xfffffff0 || p.step != i {
			t.Errorf("packet %d at step %d is %+v, marker %v, timestamp %x; want %+v", i, p.step, e, p.Marker, p.Timestamp, want)
		}
	}
}

func TestKeysFollowEachOtherAfterAPause(t *testing.T) {
	all := send(t, 48000, dtmf.One, dtmf.One)
	if len(all) != 14 || all[7].step != 9 || !all[7].Marker || all[7].Timestamp-all[0].Timestamp != 9*960 {
		t.Errorf("the second of %d packets' presses begins at step %d", len(all), all[7].step)
	}
}

func TestWhatIsNoKeyIsNotPressed(t *testing.T) {
	s := dtmf.NewSender(8000)
	if _, err := s.Press(dtmf.One, "flash"); !errors.Is(err, dtmf.ErrTone) {
		t.Errorf("flash gives %v", err)
	}
	if _, ok := s.Next(0); ok {
		t.Error("something is sent all the same")
	}
	if done, err := s.Press(); err != nil {
		t.Error(err)
	} else {
		<-done
	}
}

func TestEveryKeyArrivesOnce(t *testing.T) {
	for _, clock := range []int{8000, 48000} {
		all := send(t, clock, spell(t, everyKey+"5555")...)
		if got := presses(&dtmf.Receiver{}, all); got != everyKey+"5555" {
			t.Errorf("at %d Hz heard %s", clock, got)
		}
	}
}

func TestAKeyArrivesOnceWhicheverOfItsPacketsDo(t *testing.T) {
	all := send(t, 8000, dtmf.Seven, dtmf.Seven)
	for lost := range 1<<7 - 1 {
		var come []sent
		for i, p := range all {
			if lost>>(i%7)&1 == 0 {
				come = append(come, p)
			}
		}
		if got := presses(&dtmf.Receiver{}, come); got != "77" {
			t.Errorf("with %07b lost heard %q", lost, got)
		}
	}
}

func TestRepeatedAndLatePacketsPressNothing(t *testing.T) {
	all := send(t, 8000, spell(t, "12")...)
	come := append(append([]sent{}, all...), all...) // all once more
	come = append(come, all[3], all[0], all[10], all[13])
	if got := presses(&dtmf.Receiver{}, come); got != "12" {
		t.Errorf("heard %q", got)
	}
}

func event(timestamp uint32, marker bool, e dtmf.Event) *rtp.Packet {
	return &rtp.Packet{Header: rtp.Header{Timestamp: timestamp, Marker: marker}, Payload: e.Append(nil)}
}

func TestAKeyHeldForLongIsOnePress(t *testing.T) {
	var r dtmf.Receiver
	count, at := 0, began
	for segment := range uint32(3) {
		for d := 960; d <= 0xffff; d += 960 {
			e := dtmf.Event{Code: 1, Duration: uint16(d)}
			if _, ok := r.Push(event(segment*0xffff, segment == 0 && d == 960, e), at); ok {
				count++
			}
			at = at.Add(20 * time.Millisecond)
		}
	}
	if count != 1 {
		t.Errorf("%d presses", count)
	}
}

func TestAKeyIsDownUntilItEnds(t *testing.T) {
	down := func(r *dtmf.Receiver, at time.Time) string { tone, _ := r.Down(at); return string(tone) }
	var r dtmf.Receiver
	r.Push(event(1, true, dtmf.Event{Code: 1}), began)
	if got := down(&r, began.Add(100*time.Millisecond)); got != "one" {
		t.Errorf("while down: %q", got)
	}
	if got := down(&r, began.Add(151*time.Millisecond)); got != "" {
		t.Errorf("after silence: %q", got)
	}
	r.Push(event(9000, true, dtmf.Event{Code: 2}), began.Add(time.Second))
	r.Push(event(9000, false, dtmf.Event{Code: 2, End: true}), began.Add(time.Second))
	r.Push(event(9000, false, dtmf.Event{Code: 2}), began.Add(time.Second)) // reordered
	if got := down(&r, began.Add(time.Second)); got != "" {
		t.Errorf("after its end: %q", got)
	}
}

func TestEachKeySoundsItsTwoTones(t *testing.T) {
	f := media.NewFrame(media.Rate)
	src := dtmf.Sound(dtmf.Nine, 20)
	var heard []int16
	for range 10 {
		if err := src.Read(f); err != nil {
			t.Fatal(err)
		}
		heard = append(heard, f.Samples...)
	}
	for hz, want := range map[float64]float64{852: -20, 1477: -20, 1209: -60, 941: -60} {
		got := measure.ToneLevel(heard, media.Rate, hz)
		if want == -20 && math.Abs(got-want) > 0.2 || want == -60 && got > -40 {
			t.Errorf("%v Hz has %.1f dBFS", hz, got)
		}
	}
	if err := dtmf.Sound("flash", 20).Read(f); err != nil || media.Level(f) != media.Silent {
		t.Errorf("what is no key has level %d, %v", media.Level(f), err)
	}
}

func TestPacketsAllocateNothing(t *testing.T) {
	var r dtmf.Receiver
	s := dtmf.NewSender(8000)
	tones := make([]dtmf.Tone, 100)
	for i := range tones {
		tones[i] = dtmf.Three
	}
	if _, err := s.Press(tones...); err != nil {
		t.Fatal(err)
	}
	in, at := rtp.Packet{}, uint32(0)
	if n := testing.AllocsPerRun(500, func() {
		at += 160
		if p, ok := s.Next(at); ok {
			in.Timestamp, in.Marker, in.Payload = p.Timestamp, p.Marker, p.Payload
			r.Push(&in, began)
		}
	}); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

func FuzzReceive(f *testing.F) {
	f.Add([]byte{5, 0x8a, 3, 0x20}, uint32(160), true)
	f.Add([]byte{16, 0, 0, 0}, uint32(0), false)
	f.Add([]byte{1}, uint32(0), false)
	f.Fuzz(func(t *testing.T, payload []byte, timestamp uint32, marker bool) {
		var r dtmf.Receiver
		p := &rtp.Packet{Header: rtp.Header{Timestamp: timestamp, Marker: marker}, Payload: payload}
		e, ok := dtmf.Parse(payload)
		tone, pressed := r.Push(p, began)
		if pressed != ok {
			t.Fatalf("parsed %v, pressed %v", ok, pressed)
		}
		if again, twice := r.Push(p, began); twice {
			t.Fatalf("%s pressed twice", again)
		}
		if !ok {
			return
		}
		if code, _ := tone.Code(); code != e.Code {
			t.Fatalf("%s for code %d", tone, e.Code)
		}
		if back, ok := dtmf.Parse(e.Append(nil)); !ok || back != e {
			t.Fatalf("%+v became %+v", e, back)
		}
	})
}
