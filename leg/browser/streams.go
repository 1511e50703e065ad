package browser

import (
	"io"
	"sync/atomic"

	"github.com/pion/transport/v4/packetio"
)

const (
	// streamsMost is how many streams a client may begin in one call, by SSRC and
	// of RTP and RTCP each. It needs three, and two for each change of its own.
	streamsMost = 64
	// streamWaits is how much of one waits to be read, in octets.
	streamWaits = 100 << 10
)

// streams are what a client sends. The library keeps all that were ever begun,
// and what nobody reads of them, so that a client with ever more of them could
// take all memory: its call ends.
type streams struct {
	begun atomic.Int32
	over  func() // there are too many; it may not wait
}

// buffer is where a new stream waits to be read; it fits
// webrtc.SettingEngine.BufferFactory.
func (s *streams) buffer(packetio.BufferPacketType, uint32) io.ReadWriteCloser {
	b := packetio.NewBuffer()
	b.SetLimitSize(streamWaits)
	if s.begun.Add(1) > streamsMost {
		_ = b.Close() // it takes nothing
		s.over()
	}
	return b
}
