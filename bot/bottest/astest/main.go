// Command astest writes a Go test out of the log of a call, which it reads from
// its standard input:
//
//	botd events --call ID | go run github.com/botd-dev/botd/bot/bottest/astest -handler menu > call_test.go
//
// In the test people do what they did, and the bot has to do what it did.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/botd-dev/botd/bot/bottest"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "astest:", err)
		os.Exit(1)
	}
}

// run reads a log and writes the test.
func run(args []string, in io.Reader, out, help io.Writer) error {
	flags := flag.NewFlagSet("astest", flag.ContinueOnError)
	flags.SetOutput(help)
	var f bottest.TestFile
	flags.StringVar(&f.Package, "package", "main", "the `package` of the test")
	flags.StringVar(&f.Test, "test", "TestTheCall", "the `name` of the test")
	flags.StringVar(&f.Handler, "handler", "", "the bot, as a Go `expression` in that package")
	if err := flags.Parse(args); err != nil {
		return err
	}
	log, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	return bottest.WriteTest(out, log, f)
}
