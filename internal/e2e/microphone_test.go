package e2e

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// rate is the sample rate of everything measured here, in hertz.
const rate = 48000

// microphone writes a WAV file with a tone that Chromium takes for its
// microphone, and returns its path. Chromium repeats the file for ever: it
// holds whole periods and whole blocks of 10 ms, so that no seam is heard.
func microphone(t *testing.T, hz int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "microphone.wav")
	if err := os.WriteFile(path, wav(tone(hz, 60*time.Second)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// tone is a sine at -12 dBFS.
func tone(hz int, d time.Duration) []int16 {
	samples := make([]int16, int(d.Seconds()*rate))
	for i := range samples {
		samples[i] = int16(8192 * math.Sin(2*math.Pi*float64(hz)*float64(i%rate)/rate))
	}
	return samples
}

// wav is a RIFF file with 16-bit mono samples.
func wav(samples []int16) []byte {
	const header = 44
	b := make([]byte, 0, header+2*len(samples))
	size := func(n int) { b = binary.LittleEndian.AppendUint32(b, uint32(n)) }
	b = append(b, "RIFF"...)
	size(header - 8 + 2*len(samples))
	b = append(b, "WAVEfmt "...)
	size(16)
	b = binary.LittleEndian.AppendUint16(b, 1) // PCM
	b = binary.LittleEndian.AppendUint16(b, 1) // one channel
	size(rate)
	size(2 * rate)
	b = binary.LittleEndian.AppendUint16(b, 2) // bytes a sample
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = append(b, "data"...)
	size(2 * len(samples))
	for _, s := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}
