package stream

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"
)

// ErrMessage is a message of the application's that is not understood.
var ErrMessage = errors.New("stream: message is not understood")

// What an application can say.
const (
	SaysAudio = "audiodata"
	SaysStop  = "stopaudio"
	SaysMark  = "mark" // Protocol only
)

// Inbound is what an application says.
type Inbound struct {
	// Kind is SaysAudio, SaysStop or SaysMark.
	Kind string
	// Samples are what it wants heard, at the rate of the stream.
	Samples []int16
	// Mark is the name of a mark.
	Mark string
}

// Read reads a message of the application's. What is binary is PCM in Protocol,
// and else text all the same.
func Read(message []byte, own, binary bool) (Inbound, error) {
	if own && binary {
		return Inbound{Kind: SaysAudio, Samples: samplesOf(message)}, nil
	}
	return Parse(message, own)
}

// said is a message in any of its spellings: encoding/json matches names without
// regard to case.
type said struct {
	Kind      string
	AudioData *struct{ Data []byte }
	Mark      *struct{ Name string }
}

// Parse reads a text message of the application's (media-websocket contract,
// section 5). Only its kind says what it is: the JavaScript SDK puts an empty
// stopAudio into every message. Whole samples count; an odd byte at the end is
// left out. own allows what Protocol has.
func Parse(message []byte, own bool) (Inbound, error) {
	var s said
	if err := json.Unmarshal(message, &s); err != nil {
		return Inbound{}, errors.Join(ErrMessage, err)
	}
	in := Inbound{Kind: strings.ToLower(s.Kind)}
	switch {
	case in.Kind == SaysAudio && s.AudioData != nil:
		in.Samples = samplesOf(s.AudioData.Data)
	case in.Kind == SaysStop:
	case in.Kind == SaysMark && own && s.Mark != nil && len(s.Mark.Name) <= maxMark:
		in.Mark = s.Mark.Name
	default:
		return Inbound{}, ErrMessage
	}
	return in, nil
}

// maxMark is how long the name of a mark may be, in bytes.
const maxMark = 256

// samplesOf are the samples of little endian PCM.
func samplesOf(pcm []byte) []int16 {
	samples := make([]int16, len(pcm)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(pcm[2*i:])) //nolint:gosec // the same 16 bits
	}
	return samples
}

// appendPCM appends samples as little endian PCM.
func appendPCM(b []byte, samples []int16) []byte {
	for _, s := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(s)) //nolint:gosec // the same 16 bits
	}
	return b
}
