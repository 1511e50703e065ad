package wire

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/media"
)

func TestAFrameComesBackAsItWas(t *testing.T) {
	samples := []int16{0, 1, -1, 32767, -32768}
	f := Frame{Kind: Said, Call: 7, Stream: 3, Sequence: 9, Time: 20 * time.Millisecond, Rate: 16000, PCM: PCM(nil, samples)}
	back, err := ParseFrame(f.Append(nil))
	if err != nil || !reflect.DeepEqual(f, back) {
		t.Fatalf("got %+v, %v", back, err)
	}
	sound := media.NewFrame(media.Rate)
	back.Sound(sound)
	if sound.Rate != 16000 || !reflect.DeepEqual(sound.Samples, samples) {
		t.Errorf("sounds as %+v", sound)
	}
}

func TestWhatIsNoFrameIsRefused(t *testing.T) {
	good := Frame{Kind: Heard, Rate: 8000, PCM: make([]byte, 320)}.Append(nil)
	change := func(at int, to byte) []byte {
		b := bytes.Clone(good)
		b[at] = to
		return b
	}
	for name, data := range map[string][]byte{
		"nothing":            nil,
		"half a header":      good[:12],
		"another layout":     change(0, 2),
		"an unknown kind":    change(1, 9),
		"no rate":            change(14, 0),
		"a rate beyond all":  change(12, 1),
		"half a sample":      good[:len(good)-1],
		"no sound":           good[:HeaderSize],
		"more than 100 ms":   append(bytes.Clone(good), make([]byte, 2000)...),
		"room with sound":    change(1, Room),
		"more than any has":  make([]byte, MaxFrame+1),
		"sound without kind": change(1, 0),
	} {
		if _, err := ParseFrame(data); !errors.Is(err, bot.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseFrame(f *testing.F) {
	f.Add(Frame{Kind: Heard, Rate: 8000, PCM: make([]byte, 320)}.Append(nil))
	f.Add(Frame{Kind: Room, Sequence: 5}.Append(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := ParseFrame(data)
		if err != nil {
			return
		}
		frame.Sound(media.NewFrame(media.Rate))
		again, err := ParseFrame(frame.Append(nil))
		if err != nil || !reflect.DeepEqual(frame, again) {
			t.Errorf("%+v became %+v, %v", frame, again, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"type":"hello","version":1,"names":["echo"]}`,
		`{"type":"do","n":1,"ack":2,"call":3,"id":4,"action":{"do":"hangUp"}}`,
		`{"type":"event","event":{"type":"a","sequence":1,"data":{}}}`,
		`{"type":"done","people":[{"identifier":{"rawId":"echo"}}],"error":{"code":"ended","message":"over"}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(data)
		if err != nil {
			if !errors.Is(err, bot.ErrInvalid) {
				t.Error(err)
			}
			return
		}
		_ = m.Error.Decode()
		if len(m.Action) > 0 {
			_, _ = bot.DecodeAction(m.Action)
		}
		// Whatever comes, a link takes it or says that it is against the rules.
		l := NewLink(nil)
		_ = l.Send(Message{Kind: Offer})
		if fresh, err := l.accept(m); err == nil && fresh && m.Number != 1 {
			t.Errorf("message %d was taken for the first", m.Number)
		}
		if err := l.rewind(m.Received); err == nil && m.Received > 1 {
			t.Errorf("%d received of one", m.Received)
		}
	})
}

func TestErrorsMeanTheSameOnTheOtherSide(t *testing.T) {
	for _, c := range codes {
		back := Encode(fmt.Errorf("while testing: %w", c.err)).Decode()
		if !errors.Is(back, c.err) || !strings.HasPrefix(back.Error(), "while testing: ") {
			t.Errorf("%s became %v", c.code, back)
		}
	}
	if back := Encode(errors.New("odd")).Decode(); back.Error() != "odd" || errors.Unwrap(back) != nil {
		t.Errorf("became %v", back)
	}
	if Encode(nil) != nil || (*Error)(nil).Decode() != nil {
		t.Error("no error became one")
	}
}

func TestALoudCallDoesNotKeepTheOthersWaiting(t *testing.T) {
	dropped := 0
	l := NewLink(func() { dropped++ })
	pcm := make([]byte, 320)
	for i := range 100 {
		l.Play(Frame{Kind: Heard, Call: 1, Sequence: uint32(i), Rate: 8000, PCM: pcm})
	}
	for i := range 3 {
		l.Play(Frame{Kind: Heard, Call: 2, Sequence: uint32(i), Rate: 8000, PCM: pcm})
		l.Play(Frame{Kind: Room, Call: 2, Sequence: uint32(i)})
	}
	var got []string
	for {
		_, data, err := l.next()
		if err != nil {
			t.Fatal(err)
		}
		if data == nil {
			break
		}
		f, err := ParseFrame(data)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%d/%d/%d", f.Call, f.Kind, f.Sequence))
	}
	want := "1/1/90 2/1/0 2/3/2 1/1/91 2/1/1 1/1/92 2/1/2 1/1/93 1/1/94 1/1/95 1/1/96 1/1/97 1/1/98 1/1/99"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
	if dropped != 90 {
		t.Errorf("%d frames were counted as dropped", dropped)
	}
}

func TestWhatHasNotArrivedIsWrittenAgainAndNoMore(t *testing.T) {
	l := NewLink(nil)
	for range 5 {
		if err := l.Send(Message{Kind: Do}); err != nil {
			t.Fatal(err)
		}
	}
	written := func() (numbers []uint64) {
		for {
			_, data, err := l.next()
			if err != nil {
				t.Fatal(err)
			}
			if data == nil {
				return numbers
			}
			m, err := Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, m.Number)
		}
	}
	if got := written(); !reflect.DeepEqual(got, []uint64{1, 2, 3, 4, 5}) {
		t.Errorf("first %v", got)
	}
	if _, err := l.accept(Message{Kind: Receipt, Ack: 2}); err != nil {
		t.Error(err)
	}
	if err := l.rewind(3); err != nil {
		t.Error(err)
	}
	if got := written(); !reflect.DeepEqual(got, []uint64{4, 5}) {
		t.Errorf("again %v", got)
	}
	if err := l.rewind(6); !errors.Is(err, bot.ErrInvalid) {
		t.Errorf("what was never sent was received: %v", err)
	}
	for range 2 { // the second time it is known
		if _, err := l.accept(Message{Kind: Do, Number: 1}); err != nil || l.Received() != 1 {
			t.Errorf("received %d, %v", l.Received(), err)
		}
	}
	if _, err := l.accept(Message{Kind: Do, Number: 3}); !errors.Is(err, bot.ErrInvalid) {
		t.Errorf("a message is missing: %v", err)
	}
}

func TestWhoTakesNothingIsTooSlow(t *testing.T) {
	l := NewLink(nil)
	for range maxOutstanding {
		if err := l.Send(Message{Kind: Do}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Send(Message{Kind: Do}); !errors.Is(err, ErrSlow) {
		t.Errorf("got %v", err)
	}
}
