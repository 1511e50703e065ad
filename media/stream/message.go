package stream

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"strconv"
	"time"
)

// Protocol is the subprotocol in which there is more than the contract has:
// marks, what has been played, and sound as binary messages. It is offered, and
// holds where the application's server chooses it.
const Protocol = "botd.media.v1"

// plain is the contract and nothing beyond it. It is offered before Protocol,
// because servers that have never heard of either may choose the first they are
// offered, as npm's ws does.
const plain = "acs.media"

// Packet is 20 ms of sound on the way to the application.
type Packet struct {
	// Who is the raw id of the speaker; empty is the mix.
	Who string
	// Time is when the sound was received.
	Time time.Time
	// Silent says that there is nothing to be heard.
	Silent bool
	// PCM is signed 16 bit, little endian, one channel.
	PCM []byte
}

// timeLayout is how the contract writes when something was.
const timeLayout = "2006-01-02T15:04:05.000Z"

// appendAudio appends p as the contract's AudioData. Of a mix the speaker is
// left out: the JavaScript parser takes no null for it.
func appendAudio(b []byte, p *Packet) []byte {
	b = append(b, `{"kind":"AudioData","audioData":{"timestamp":"`...)
	b = p.Time.UTC().AppendFormat(b, timeLayout)
	b = append(b, '"')
	if p.Who != "" {
		b = append(b, `,"participantRawID":`...)
		b = appendString(b, p.Who)
	}
	b = append(b, `,"data":"`...)
	b = base64.StdEncoding.AppendEncode(b, p.PCM)
	b = append(b, `","silent":`...)
	b = strconv.AppendBool(b, p.Silent)
	return append(b, "}}"...)
}

// The layout of a binary message of Protocol: kind (1), flags (1), stream (2),
// microseconds since 1970 (8), all big endian, and PCM.
const (
	binaryHead   = 12
	binaryAudio  = 1
	binarySilent = 1
)

// appendBinary appends p as a binary message of Protocol.
func appendBinary(b []byte, p *Packet, stream uint16) []byte {
	flags := byte(0)
	if p.Silent {
		flags = binarySilent
	}
	b = append(b, binaryAudio, flags)
	b = binary.BigEndian.AppendUint16(b, stream)
	b = binary.BigEndian.AppendUint64(b, uint64(p.Time.UnixMicro())) //nolint:gosec // after 1970
	return append(b, p.PCM...)
}

// appendString appends s as JSON. Ids need no escapes, which is what is quick.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c > '~' {
			quoted, _ := json.Marshal(s) //nolint:errchkjson // a string can be written
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// written is a message as JSON.
func written(message any) []byte {
	b, _ := json.Marshal(message) //nolint:errchkjson // strings and numbers can be written
	return b
}

// AudioMetadata is the first message of every socket of media streaming. rate is
// in hertz, of one channel.
func AudioMetadata(subscription string, rate int) []byte {
	type metadata struct {
		Subscription string `json:"subscriptionId"`
		Encoding     string `json:"encoding"`
		Rate         int    `json:"sampleRate"`
		Channels     int    `json:"channels"`
		Length       int    `json:"length"`
	}
	return written(struct {
		Kind     string   `json:"kind"`
		Metadata metadata `json:"audioMetadata"`
	}{"AudioMetadata", metadata{subscription, "PCM", rate, 1, rate / 50 * 2}})
}

// DTMF is a key that somebody pressed: one of 0 to 9, *, #, A to D.
func DTMF(key, who string, at time.Time) []byte {
	type data struct {
		Data string `json:"data"`
		Time string `json:"timestamp"`
		Who  string `json:"participantRawID"`
	}
	return written(struct {
		Kind string `json:"kind"`
		Data data   `json:"dtmfData"`
	}{"DtmfData", data{key, at.UTC().Format(timeLayout), who}})
}

// Marked tells of a mark (Protocol only): whether what was sent before it has
// been heard, or dropped, and how much has been played since the stream began.
func Marked(name string, heard bool, played time.Duration) []byte {
	type mark struct {
		Name   string `json:"name"`
		Heard  bool   `json:"heard"`
		Played int64  `json:"playedMs"`
	}
	return written(struct {
		Kind string `json:"kind"`
		Mark mark   `json:"mark"`
	}{"mark", mark{name, heard, played.Milliseconds()}})
}

// Played answers StopAudio (Protocol only): how much has been played since the
// stream began, and how much was dropped.
func Played(played, dropped time.Duration) []byte {
	type report struct {
		Played  int64 `json:"ms"`
		Dropped int64 `json:"droppedMs"`
	}
	return written(struct {
		Kind   string `json:"kind"`
		Played report `json:"played"`
	}{"played", report{played.Milliseconds(), dropped.Milliseconds()}})
}

// numbered tells which stream of binary messages is whose (Protocol only).
func numbered(stream uint16, who string) []byte {
	type named struct {
		Number uint16 `json:"number"`
		Who    string `json:"participantRawID,omitempty"`
	}
	return written(struct {
		Kind   string `json:"kind"`
		Stream named  `json:"stream"`
	}{"stream", named{stream, who}})
}
