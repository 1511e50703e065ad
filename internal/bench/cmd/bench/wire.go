package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/botd-dev/botd/internal/bench/wire"
)

// runWire prints the spacing of the packets in a capture.
func runWire(_ context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("wire", flag.ContinueOnError)
	port := f.Uint("port", 7882, "the media port that sent them")
	while := f.Duration("t", 6*time.Second, "how much of the capture counts")
	end := f.Duration("end", 700*time.Millisecond, "how long before its end that is: what comes then is of those who leave")
	if err := f.Parse(args); err != nil {
		return err
	}
	in := os.Stdin
	if name := f.Arg(0); name != "" && name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer file.Close() //nolint:errcheck // it was read
		in = file
	}
	var s wire.Spacing
	if err := wire.Read(in, uint16(min(*port, 65535)), s.Add); err != nil { //nolint:gosec // limited
		return err
	}
	n, of := s.Quantiles(*while, *end, 0.5, 0.99, 0.999, 1)
	_, err := fmt.Fprintf(out, "%d packets; spacing p50 %.2f, p99 %.2f, p99.9 %.2f, most %.2f ms\n",
		n, ms(of[0]), ms(of[1]), ms(of[2]), ms(of[3]))
	return err
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
