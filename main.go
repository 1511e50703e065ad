package botd

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Main is botd as a program: it reads flags, the environment and the
// configuration file, does what the command says, and exits: with 0 after a
// clean stop, 1 after a failure, 2 if a flag or the configuration is wrong.
//
// SIGTERM and SIGINT let running calls come to their end; a second one does
// not wait.
func Main(opts ...Option) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(ctx, stop) // from here on a signal does what it does by itself
	p := &program{
		out:     os.Stdout,
		err:     os.Stderr,
		environ: os.Environ(),
		serve: func(ctx context.Context, c Config) error {
			return Run(ctx, c, append(opts, Ready(func(s *Server) { s.announce(os.Stdout) }))...)
		},
	}
	os.Exit(p.run(ctx, os.Args[1:]))
}
