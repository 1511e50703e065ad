package browser

import (
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
)

// maxPacket is the largest RTP packet that fits a path (RFC 8831, section 5).
const maxPacket = 1500

// lane is what becomes of the packets of one payload type.
type lane uint8

const (
	laneNone  lane = iota // not negotiated: dropped
	laneSound             // to the jitter buffer
	laneRED               // to the jitter buffer, with redundancy (RFC 2198)
	laneKeys              // to the key receiver (RFC 4733)
)

// lanes is what the negotiation made of the payload types, and where the
// client's audio level stands.
type lanes struct {
	of        [128]lane
	level     uint8 // header extension ids, zero for none
	transport uint8
	nack      bool // lost packets may be asked for again
}

func negotiated(params webrtc.RTPParameters) lanes {
	var l lanes
	for _, c := range params.Codecs {
		switch pt := c.PayloadType & 0x7f; {
		case strings.EqualFold(c.MimeType, webrtc.MimeTypeOpus):
			l.of[pt] = laneSound
			l.nack = slices.ContainsFunc(c.RTCPFeedback, func(f webrtc.RTCPFeedback) bool {
				return f.Type == webrtc.TypeRTCPFBNACK && f.Parameter == ""
			})
		case strings.EqualFold(c.MimeType, mimeRED):
			l.of[pt] = laneRED
		case strings.EqualFold(c.MimeType, mimeKeys):
			l.of[pt] = laneKeys
		}
	}
	for _, e := range params.HeaderExtensions {
		switch e.URI {
		case sdp.AudioLevelURI:
			l.level = uint8(e.ID) //nolint:gosec // RFC 8285, section 4.3: 1 to 255
		case sdp.TransportCCURI:
			l.transport = uint8(e.ID) //nolint:gosec // the same
		}
	}
	return l
}

// listen takes the client's packets until its track ends: those that go the long
// way, while the others go the short one (source). A mistake in it ends this
// call, not the server.
func (l *leg) listen(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	defer func() {
		if p := recover(); p != nil {
			l.broke(p, debug.Stack())
		}
	}()
	agreed := negotiated(receiver.GetParameters())
	e := newEar(l, agreed, newReceipts(l.peer, l.port.track, agreed))
	short := newSource(l.peer.secret, e)
	ssrc, all := uint32(track.SSRC()), &l.server.engine.out.sources
	all.add(ssrc, short)
	defer all.remove(ssrc, short)
	if l.peer.begin() {
		go func() {
			defer l.peer.tasks.Done()
			l.peer.read(receiver.ReadRTCP, l.peer.told.own)
		}()
	}
	buf := make([]byte, maxPacket)
	for {
		n, _, err := track.Read(buf)
		if n == 0 && err != nil {
			return // the end; with bytes, it is one packet of an unknown type
		}
		if err == nil && !short.had(buf[:n]) {
			e.take(buf[:n], time.Now())
		}
	}
}

// broke ends the call whose sound brought out a mistake.
func (l *leg) broke(what any, stack []byte) {
	l.log.Error("browser media panicked", zap.Any("panic", what), zap.ByteString("stack", stack))
	l.seat.do(func(p *call.Participant) { p.Gone(call.ReasonMediaFailed) })
}
