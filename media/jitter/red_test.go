package jitter_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/jitter"
	"github.com/botd-dev/botd/media/measure"
)

func TestRedundantPayloadsHoldTheLastOnes(t *testing.T) {
	red := jitter.RED{Generations: 2}
	var got []byte
	for i, p := range []string{"one", "two", "three"} {
		got = red.Append(got[:0], 111, uint32(960*i), []byte(p))
	}
	want := []byte{0x80 | 111, 1920 >> 6, 1920 << 2 & 0xff, 3, 0x80 | 111, 960 >> 6, 960 << 2 & 0xff, 3, 111}
	if want = append(want, "onetwothree"...); !bytes.Equal(got, want) {
		t.Fatalf("%x, want %x", got, want)
	}
	blocks, err := jitter.ParseRED(got)
	if err != nil || len(blocks) != 3 {
		t.Fatal(blocks, err)
	}
	for i, want := range []jitter.Block{{111, 1920, []byte("one")}, {111, 960, []byte("two")}, {111, 0, []byte("three")}} {
		if b := blocks[i]; b.Offset != want.Offset || b.PayloadType != want.PayloadType || !bytes.Equal(b.Payload, want.Payload) {
			t.Errorf("block %d is %+v", i, b)
		}
	}
}

func TestWhatIsTooOldOrTooLongIsNotSentAgain(t *testing.T) {
	var red jitter.RED
	long := make([]byte, 1100)
	red.Append(nil, 111, 0, []byte("one"))
	for i, row := range []struct {
		timestamp uint32
		payload   []byte
		blocks    int
	}{
		{960, []byte("two"), 2}, {960 + 1<<14, []byte("after a pause"), 1}, {1920 + 1<<14, long, 2}, {2880 + 1<<14, []byte("next"), 1}, {3840 + 1<<14, []byte("last"), 2},
	} {
		blocks, err := jitter.ParseRED(red.Append(nil, 111, row.timestamp, row.payload))
		if err != nil || len(blocks) != row.blocks {
			t.Errorf("packet %d: %d blocks, %v", i, len(blocks), err)
		}
	}
}

func TestMalformedRedundancyIsRefused(t *testing.T) {
	for name, b := range map[string][]byte{
		"nothing": {}, "no end of headers": {0x80 | 111, 0, 4, 1}, "half a header": {0x80 | 111, 0},
		"a block too long": {0x80 | 111, 0, 4, 9, 111, 1, 2},
	} {
		if _, err := jitter.ParseRED(b); !errors.Is(err, jitter.ErrRED) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWithRedundancyTheLostIsHeardAsItWas(t *testing.T) {
	row, _ := codec.Find("opus")
	all := encodedFor(t, row, 0, voice(), 500)
	whole := over(t, row, slices.Clone(all), ms(13))
	red := jitter.RED{Generations: 2}
	for i := range all {
		p := &all[i].Packet
		p.Payload = red.Append(nil, 111, p.Timestamp, p.Payload)
	}
	var now virtual
	buf, r := receiver(t, row, &now)
	f, lost := media.NewFrame(media.Rate), singly(0.1)
	var heard []int16
	for i, p := range all {
		now.now = p.at
		if !lost(i) {
			buf.PushRED(&p.Packet, began.Add(p.at))
		}
		now.now += ms(13)
		r.Level()
		if err := r.Read(f); err != nil {
			t.Fatal(err)
		}
		heard = append(heard, f.Samples...)
	}
	s := buf.Stats()
	alike, of := 0, 0
	for at := 3 * media.Rate; at < 9*media.Rate; at += media.FrameSize {
		part := heard[at : at+media.FrameSize]
		if measure.LevelDBFS(part) < -50 {
			continue
		}
		if of++; likeness(whole.sound, at-3*media.FrameSize/2, part) > 30 {
			alike++
		}
	}
	t.Logf("%d of %d frames as without loss; recovered %d, lost %d, delay %v", alike, of, s.Recovered, s.Lost, s.Delay)
	if s.Recovered < 40 || s.Lost > 4 || alike < of*97/100 {
		t.Errorf("%d of %d frames as without loss, %+v", alike, of, s)
	}
}

func TestRedundancyAllocatesNothing(t *testing.T) {
	row, _ := codec.Find("opus")
	all := encodedFor(t, row, 0, media.Tone(440, -20), 100)
	now := virtual{}
	buf, r := receiver(t, row, &now)
	red := jitter.RED{Generations: 2}
	dst, i := make([]byte, 0, 1500), 0
	step := func() {
		p := all[i%100].Packet
		p.SequenceNumber, p.Timestamp = uint16(i), uint32(i*media.FrameSize)
		p.Payload = red.Append(dst, 111, p.Timestamp, p.Payload)
		now.now += tick
		if i%10 != 3 {
			buf.PushRED(&p, now.time())
		}
		r.Level()
		r.Skip()
		i++
	}
	for range 200 {
		step()
	}
	if n := testing.AllocsPerRun(500, step); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

func FuzzRED(f *testing.F) {
	f.Add([]byte{0x80 | 111, 0, 4, 1, 111, 1, 2})
	f.Add([]byte{111})
	f.Fuzz(func(t *testing.T, b []byte) {
		buf := jitter.New(jitter.Config{})
		for i := range 3 {
			p := rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(2 * i), Timestamp: uint32(1920 * i)}, Payload: b}
			buf.PushRED(&p, began)
		}
		blocks, err := jitter.ParseRED(b)
		if err != nil {
			return
		}
		n := 4*(len(blocks)-1) + 1
		for _, block := range blocks {
			n += len(block.Payload)
		}
		if n != len(b) {
			t.Fatalf("%d octets of %d", n, len(b))
		}
	})
}
