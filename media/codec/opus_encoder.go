package codec

import (
	"errors"
	"fmt"
	"slices"

	"github.com/hraban/opus"

	"github.com/botd-dev/botd/media"
)

// One encode is the dearest thing a bridge does, so what it costs decided the
// defaults. Measured with libopus 1.3.1 as a part of the first row's, some 120
// µs, and by PESQ (ITU-T P.862.2) of recorded speech and of an unkind synthetic
// voice, without loss and, at the end, with 5 % of random loss:
//
//	                                                    cost  recorded  synthetic
//	VoIP, 32 kbit/s, complexity 5, no redundancy        1.00      4.25       3.88
//	  complexity 2                                      0.78      4.18       3.16
//	  complexity 9 or 10                                1.9       4.31       4.11
//	  16 to 64 kbit/s                            0.96 to 1.05
//	  constant bit rate                                 1.98
//	  told that it is music: as the transform alone     0.36
//	transform alone, 32 kbit/s, complexity 5            0.34      4.08       3.01
//	  40 kbit/s, complexity 5                           0.36      4.21       3.41
//	  48 kbit/s, complexity 5                           0.38      4.31       3.61
//	  64 kbit/s, complexity 0                           0.19      4.33       3.74
//	  64 kbit/s, complexity 1                           0.25      4.29       3.75
//	  64 kbit/s, complexity 4                           0.30      4.37       3.80
//	  64 kbit/s, complexity 5                           0.40      4.48       3.92
//	5 % lost: VoIP, 32 kbit/s, no redundancy            1.00      2.40       2.14
//	  transform alone, 64 kbit/s, complexity 1          0.25      2.53       2.51
//	  VoIP, 32 kbit/s, redundancy for 5 % (none made)   0.98      2.42       2.49
//	  VoIP, 32 kbit/s, redundancy for 10 %              1.28      3.86       3.11
//	  VoIP, 40 kbit/s, redundancy for 10 %              1.3       4.04       3.39
//
// So whoever loses nothing gets the transform alone (CELT), by the application
// for low delay, which is another 4 ms earlier than that for audio: a quarter of
// the cost for 32 kbit/s more, and music stays what it is. Complexity 0 would not
// look for attacks, hence 1. Where there are few bits the other half (SILK) makes
// more of them. Against loss only its redundancy helps.
const (
	// opusBitrate and opusLossBitrate are the defaults in bits per second,
	// without and with redundancy.
	opusBitrate, opusLossBitrate = 64000, 40000
	// opusFewBits is below which speech is better off with SILK, and
	// opusManyBits from which on the transform needs no complexity.
	opusFewBits, opusManyBits = 40000, 56000
	// opusComplexity is the default, opusLittle that for many bits.
	opusComplexity, opusLittle = 5, 1
	// opusLeastLoss is the least loss in percent that the encoder is told, if
	// any: below 6 libopus rather has no redundancy than less treble.
	opusLeastLoss = 6
	// opusPacket is the largest payload of 20 ms (RFC 6716, section 3.2.1).
	opusPacket = 1275
	// opusPause is the longest payload that need not be sent.
	opusPause = 2
)

// opusEncoder encodes one channel.
type opusEncoder struct{ enc *opus.Encoder }

// newOpusEncoder makes an encoder for a format: Bitrate in bits per second, of
// which redundancy needs 20,000; PacketLoss in percent; Complexity from 1 to 10;
// and DTX, which only SILK does.
func newOpusEncoder(f media.Format) (media.Encoder, error) {
	f = opusDefaults(f)
	application := opus.AppRestrictedLowdelay
	if silk(f) {
		application = opus.AppVoIP
	}
	enc, err := opus.NewEncoder(media.Rate, 1, application)
	if err != nil {
		return nil, fmt.Errorf("opus encoder: %w", err)
	}
	err = errors.Join(enc.SetBitrate(f.Bitrate), enc.SetComplexity(f.Complexity), enc.SetDTX(f.DTX))
	if f.PacketLoss > 0 {
		err = errors.Join(err, enc.SetInBandFEC(true), enc.SetPacketLossPerc(f.PacketLoss))
	}
	if err != nil {
		return nil, fmt.Errorf("opus encoder: %w", err)
	}
	return &opusEncoder{enc}, nil
}

// silk reports whether a format is for SILK and its hybrid, not for the
// transform alone.
func silk(f media.Format) bool {
	return f.PacketLoss > 0 || f.DTX || f.Bitrate > 0 && f.Bitrate < opusFewBits
}

// opusDefaults fills in what a format leaves to the codec and limits the rest.
func opusDefaults(f media.Format) media.Format {
	if f.PacketLoss > 0 {
		f.PacketLoss = min(max(f.PacketLoss, opusLeastLoss), 100)
	}
	if f.Bitrate <= 0 {
		f.Bitrate = opusBitrate
		if silk(f) {
			f.Bitrate = opusLossBitrate
		}
	}
	f.Bitrate = min(max(f.Bitrate, opusLeastBitrate), opusMostBitrate)
	if f.Complexity <= 0 {
		f.Complexity = opusComplexity
		if !silk(f) && f.Bitrate >= opusManyBits {
			f.Complexity = opusLittle
		}
	}
	f.Complexity = min(f.Complexity, 10)
	return f
}

// Encode fits media.Encoder: it appends one packet of 20 ms. It needs room for
// the largest there may be, 1275 octets, and makes that where dst has not got
// it.
func (e *opusEncoder) Encode(dst []byte, f *media.Frame) ([]byte, error) {
	if err := encodable(f); err != nil {
		return dst, err
	}
	dst = slices.Grow(dst, opusPacket)
	end := len(dst) + opusPacket
	n, err := e.enc.Encode(f.Samples, dst[len(dst):end:end]) // the library fills the capacity
	if err != nil {
		return dst, fmt.Errorf("opus encode: %w", err)
	}
	if n <= opusPause {
		n = 0
	}
	return dst[:len(dst)+n], nil
}

// Reset fits Resetter.
func (e *opusEncoder) Reset() error {
	if err := e.enc.Reset(); err != nil {
		return fmt.Errorf("opus encoder: %w", err)
	}
	return nil
}
