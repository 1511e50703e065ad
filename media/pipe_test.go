package media_test

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/media"
)

// numbered is a short frame that can be told from others.
func numbered(i int) *media.Frame { return &media.Frame{Samples: []int16{int16(i)}, Rate: 8000} }

func TestAWriterWaitsForRoomInThePipe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := media.NewPipe(2)
		written := 0
		go func() {
			for p.Write(numbered(written)) == nil {
				written++
			}
		}()
		synctest.Wait()
		if written != 2 {
			t.Errorf("%d written into a pipe of 2", written)
		}
		f := media.NewFrame(8000)
		if !p.Take(f) || f.Samples[0] != 0 {
			t.Errorf("took %v", f.Samples)
		}
		p.Skip()
		synctest.Wait()
		if written != 4 {
			t.Errorf("%d written after two were taken", written)
		}
		p.Close()
		synctest.Wait()
		if err := p.Write(f); !errors.Is(err, io.ErrClosedPipe) {
			t.Error(err)
		}
	})
}

func TestAReaderWaitsForAFrameAndGetsWhatIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := media.NewPipe(2)
		f := media.NewFrame(8000)
		if p.Take(f) {
			t.Error("took something of nothing")
		}
		time.AfterFunc(time.Second, func() {
			for i := range 5 {
				p.Offer(numbered(i))
			}
			p.Close()
			p.Offer(numbered(9))
		})
		for _, want := range []int16{3, 4} {
			if err := p.Read(f); err != nil || f.Samples[0] != want || f.Rate != 8000 {
				t.Errorf("read %v, %v, want %d", f.Samples, err, want)
			}
		}
		if err := p.Read(f); !errors.Is(err, io.EOF) || p.Dropped() != 4 {
			t.Errorf("at the end: %v, dropped %d", err, p.Dropped())
		}
	})
}
