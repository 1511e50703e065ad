package codec_test

import (
	"math/rand/v2"
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/measure"
)

// room is the noise of a room, 3 s at -60 dBov, and then a tone.
func room() []int16 {
	r := rand.New(rand.NewPCG(5, 6))
	out := make([]int16, 3*media.Rate, 4*media.Rate)
	for i := range out {
		out[i] = int16(33 * r.NormFloat64())
	}
	return append(out, listen(media.Tone(440, -20), 50)...)
}

func TestInSilenceNothingIsSent(t *testing.T) {
	row, _ := codec.Find("opus")
	for name, said := range map[string][]int16{
		"a room": room(), "nothing": append(make([]int16, 3*media.Rate), listen(media.Tone(440, -20), 50)...),
	} {
		sent, longest, pause := 0, 0, 0
		all := packets(t, row, media.Format{DTX: true}, said)
		for _, p := range all[:150] {
			pause++
			if len(p) > 0 {
				sent, pause = sent+1, 0
			}
			longest = max(longest, pause)
		}
		if sent > 60 || longest > 20 {
			t.Errorf("%s: %d of 150 packets are sent, the longest pause is %d", name, sent, longest)
		}
		t.Logf("%s: %d of 150 packets are sent, the longest pause is %d", name, sent, longest)
		for i, p := range all[152:] {
			if len(p) == 0 {
				t.Errorf("%s: packet %d of the tone is not sent", name, i)
			}
		}
		for i, p := range packets(t, row, media.Format{}, said) {
			if len(p) == 0 {
				t.Fatalf("%s: packet %d is not sent, though all were asked for", name, i)
			}
		}
	}
}

func TestAPacketOfOneOrTwoOctetsIsAPause(t *testing.T) {
	row, _ := codec.Find("opus")
	dec, _ := row.NewDecoder()
	f := media.NewFrame(media.Rate)
	all := packets(t, row, media.Format{PacketLoss: 5}, room()[2*media.Rate:])
	for _, p := range all[:50] {
		if err := dec.Decode(f, p); err != nil {
			t.Fatal(err)
		}
	}
	before := measure.LevelDBFS(f.Samples)
	for i := range 100 {
		if err := dec.Decode(f, all[49][:1+i%2]); err != nil || len(f.Samples) != media.FrameSize {
			t.Fatalf("%d samples, %v", len(f.Samples), err)
		}
	}
	if l := measure.LevelDBFS(f.Samples); l > before+6 {
		t.Errorf("a pause after %.0f dBov is as loud as %.0f", before, l)
	}
}
