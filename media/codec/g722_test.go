package codec_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os/exec"
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
)

const g722Rate = 16000

// ffmpeg gives what ffmpeg makes of b; without it the comparison is left out.
func ffmpeg(t *testing.T, b []byte, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("ffmpeg, which would be compared with, is not installed")
	}
	cmd := exec.CommandContext(t.Context(), path, append([]string{"-v", "error"}, args...)...)
	cmd.Stdin = bytes.NewReader(b)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, &complaint)
	}
	return out
}

// difficult is sound at 16 kHz that reaches every corner: speech, noise at full
// scale, square waves of both signs, tones in both bands and silence.
func difficult() []int16 {
	r := rand.New(rand.NewPCG(7, 22))
	all := resample(voice(2), media.Rate, g722Rate)
	for i := range g722Rate {
		all = append(all, int16(r.IntN(65536)-32768))
		all[len(all)-1] >>= i * 8 / g722Rate
	}
	for i := range g722Rate / 2 {
		s := int16(32767)
		if i/(1+i/400)%2 == 1 {
			s = -32768
		}
		all = append(all, s)
	}
	for _, hz := range []float64{300, 3400, 4100, 7000} {
		for i := range g722Rate / 4 {
			all = append(all, int16(20000*math.Sin(2*math.Pi*hz*float64(i)/g722Rate)))
		}
	}
	return append(all, make([]int16, g722Rate)...)
}

func TestG722GivesTheOctetsThatOthersDo(t *testing.T) {
	samples := difficult()
	raw, _ := binary.Append(nil, binary.LittleEndian, samples)
	want := ffmpeg(t, raw, "-f", "s16le", "-ar", "16000", "-ac", "1", "-i", "-", "-c:a", "g722", "-f", "g722", "-")
	got := codec.EncodeG722(samples)
	if len(got) > len(want) {
		t.Fatalf("%d octets, ffmpeg gives %d", len(got), len(want))
	}
	same := 0
	for i := range got {
		if got[i] == want[i] {
			same++
		}
	}
	t.Logf("%d of %d octets are those of ffmpeg", same, len(got))
	if same != len(got) {
		t.Errorf("%d of %d octets are others", len(got)-same, len(got))
	}
}

func TestG722GivesTheSamplesThatOthersDo(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	octets := codec.EncodeG722(difficult())
	for range 20000 { // what no encoder makes
		octets = append(octets, byte(r.UintN(256)))
	}
	raw := ffmpeg(t, octets, "-f", "g722", "-i", "-", "-f", "s16le", "-")
	want := make([]int16, len(raw)/2)
	_, _ = binary.Decode(raw, binary.LittleEndian, want)
	got := codec.DecodeG722(octets)
	if len(got) > len(want) {
		t.Fatalf("%d samples, ffmpeg gives %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("sample %d of %d is %d, ffmpeg has %d", i, len(got), got[i], want[i])
		}
	}
}
