package servers

import (
	"context"
	"net"
	"path/filepath"

	"github.com/botd-dev/botd/internal/bench/join"
)

// Botd is a botd of the given program, with room for 10,000 in a call.
func Botd(name, program string, args ...string) Kind {
	return Kind{Name: name, prepare: func(ctx context.Context, dir string) (*recipe, error) {
		program, err := filepath.Abs(program)
		if err != nil {
			return nil, err
		}
		addresses := map[string]string{"--http-addr": "", "--https-addr": "", "--admin-addr": "", "--media-udp-port": ""}
		command := []string{program, "serve", "--dev", "--max-participants", "10000", "--data-dir", filepath.Join(dir, "data")}
		for flag := range addresses {
			if addresses[flag], err = freeAddress(ctx); err != nil {
				return nil, err
			}
		}
		_, addresses["--media-udp-port"], err = net.SplitHostPort(addresses["--media-udp-port"])
		if err != nil {
			return nil, err
		}
		for flag, address := range addresses {
			command = append(command, flag, address)
		}
		return &recipe{
			command: append(command, args...), ready: addresses["--http-addr"],
			door:    join.Door{WHIP: "http://" + addresses["--http-addr"] + "/whip/{room}?name={name}"},
			api:     API{Base: "http://" + addresses["--http-addr"], KeyFile: filepath.Join(dir, "data", "access-key")},
			metrics: "http://" + addresses["--admin-addr"] + "/metrics",
		}, nil
	}}
}

// WHIP is any server that is joined by WHIP: the command that starts it, the
// address where it then answers, and a URL in which "{room}" and "{name}" are
// filled in.
func WHIP(name string, command []string, ready, url string) Kind {
	return Kind{Name: name, prepare: func(context.Context, string) (*recipe, error) {
		return &recipe{command: command, ready: ready, door: join.Door{WHIP: url}}, nil
	}}
}
