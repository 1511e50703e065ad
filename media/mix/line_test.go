package mix_test

import (
	"testing"
	"time"

	"github.com/hraban/opus"
	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/jitter"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/mix"
)

// line is a port behind a real jitter buffer, to which packets come over a
// network that takes its time.
type line struct {
	*jitter.Receiver
	buf  *jitter.Buffer
	sent []media.Sound
}

func newLine() *line {
	c, _ := codec.Find("opus")
	buf := jitter.New(jitter.Config{ClockRate: media.Rate, Codec: "opus"})
	buf.SetLevelExtension(1)
	return &line{Receiver: jitter.NewReceiver(buf, c.NewDecoder), buf: buf}
}

func (l *line) Format() media.Format { return media.Format{Codec: "opus", Rate: media.Rate} }

func (l *line) Hear(s media.Sound) {
	l.sent = append(l.sent, media.Sound{Payload: append([]byte(nil), s.Payload...), Lost: s.Lost})
}

// talk says n packets of a source over the line, at the pace of a caller whose
// clock is between two ticks. Silence is not sent.
func (l *line) talk(t *testing.T, src media.Source, n int) {
	t.Helper()
	enc, err := opus.NewEncoder(media.Rate, 1, opus.AppVoIP)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		var f media.Frame
		payload := make([]byte, 1500)
		pace := time.NewTicker(media.FrameDuration)
		defer pace.Stop()
		for i := range n {
			<-pace.C
			if src.Read(&f) != nil {
				return
			}
			size, err := enc.Encode(f.Samples, payload)
			if err != nil {
				t.Error(err)
				return
			}
			p := &rtp.Packet{
				Header:  rtp.Header{Version: 2, SequenceNumber: uint16(i), Timestamp: uint32(i * media.FrameSize), SSRC: 1},
				Payload: append([]byte(nil), payload[:size]...),
			}
			if err := p.SetExtension(1, []byte{media.Level(&f)}); err != nil {
				t.Error(err)
			}
			l.buf.Push(p, time.Now())
		}
	}()
}

// pausing is a tone that is as good as silent for 200 ms of every two seconds.
func pausing(hz, dBov float64) media.Source {
	n, loud, quiet := 0, media.Tone(hz, dBov), media.Tone(hz, -58)
	return media.SourceFunc(func(f *media.Frame) error {
		if n++; n%100 < 10 {
			return quiet.Read(f)
		}
		return loud.Read(f)
	})
}

func TestOverARealLineSpeechIsPassedOnMixedAndPassedOnAgain(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		<-time.After(7 * time.Millisecond)
		voice, third, ear := newLine(), newLine(), newLine()
		b.Join("voice", voice)
		b.Join("third", third)
		b.Join("ear", ear)
		voice.talk(t, pausing(440, -20), 690)
		ticks(200)
		s := c.Stats()
		if s.Relayed < 190 || s.Encoded != 0 {
			t.Errorf("alone: %d handed on, %d encoded", s.Relayed, s.Encoded)
		}
		third.talk(t, frames(1000, -30, 50), 50)
		ticks(200)
		mixed := c.Stats()
		if mixed.Encoded == 0 || mixed.Decoded == 0 {
			t.Error("two at once were not mixed")
		}
		ticks(150)
		after := c.Stats()
		ticks(150)
		end := c.Stats()
		if end.Encoded != after.Encoded || end.Relayed-after.Relayed < 140 {
			t.Errorf("alone again: %d handed on, %d encoded", end.Relayed-after.Relayed, end.Encoded-after.Encoded)
		}
		heard := decode(t, ear.sent)
		near440(t, heard[50*media.FrameSize:90*media.FrameSize])
		near440(t, heard[210*media.FrameSize:240*media.FrameSize])
		near440(t, heard[620*media.FrameSize:680*media.FrameSize])
		third440 := decode(t, third.sent)
		if level := measure.ToneLevel(third440[205*media.FrameSize:245*media.FrameSize], media.Rate, 1000); level > -70 {
			t.Errorf("who speaks hears itself at %.0f dB", level)
		}
		if level := measure.ToneLevel(heard[210*media.FrameSize:240*media.FrameSize], media.Rate, 1000); level < -31 || level > -29 {
			t.Errorf("the second speaker has %.1f dB", level)
		}
	})
}

func near440(t *testing.T, sound []int16) {
	t.Helper()
	if level := measure.ToneLevel(sound, media.Rate, 440); level < -21 || level > -19 {
		t.Errorf("the tone has %.1f dB", level)
	}
	if gaps := measure.Gaps(sound, media.Rate, -45); len(gaps) > 0 {
		t.Errorf("gaps of %v", gaps)
	}
}
