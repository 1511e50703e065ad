package browser

import (
	"fmt"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/jitter"
)

// ears is what came from the client and is yet to be mixed: packets go into
// the buffer, frames come out of the receiver.
type ears struct {
	*jitter.Receiver
	buffer *jitter.Buffer
}

func newEars() (ears, error) {
	row, err := codec.Find("opus")
	if err != nil {
		return ears{}, fmt.Errorf("browser sound: %w", err)
	}
	buffer := jitter.New(jitter.Config{
		Codec: row.Name, ClockRate: media.Rate, Duration: row.Duration, Redundant: true,
	})
	return ears{jitter.NewReceiver(buffer, row.NewDecoder), buffer}, nil
}
