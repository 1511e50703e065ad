package servers

import (
	"context"
	_ "embed" // the loopback shim and the configuration
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/botd-dev/botd/internal/bench/join"
	"github.com/botd-dev/botd/internal/bench/sound"
)

//go:embed janus/loopback.c
var loopbackSource []byte

// janusConfig has the templates of Janus' files: its own, that of its
// WebSockets, and that of the AudioBridge.
//
//go:embed janus/janus.jcfg
var janusConfig string

// ErrNoJanus means that Debian's package janus is not installed.
var ErrNoJanus = errors.New("janus is not installed (apt-get install janus)")

// Janus is a Janus with one AudioBridge room at 48 kHz and everything else as
// the package has it; nothing it could write is written.
func Janus() Kind { return Kind{Name: "janus", prepare: prepareJanus} }

// HaveJanus says whether it is installed.
func HaveJanus() error {
	if _, err := exec.LookPath("janus"); err != nil {
		return ErrNoJanus
	}
	_, err := janusLibrary()
	return err
}

// janusLibrary is where its plugins and transports are.
func janusLibrary() (string, error) {
	found, err := filepath.Glob("/usr/lib/*/janus/plugins/libjanus_audiobridge.so")
	if err != nil || len(found) == 0 {
		return "", ErrNoJanus
	}
	return filepath.Dir(filepath.Dir(found[0])), nil
}

func prepareJanus(ctx context.Context, dir string) (*recipe, error) {
	library, err := janusLibrary()
	if err != nil {
		return nil, err
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	shim, err := compile(ctx, dir)
	if err != nil {
		return nil, err
	}
	if err := writeJanus(dir, library, address); err != nil {
		return nil, err
	}
	return &recipe{
		command: []string{"janus", "-F", dir, "-C", filepath.Join(dir, "janus.jcfg")},
		env:     []string{"LD_PRELOAD=" + shim},
		ready:   address,
		door:    join.Door{Janus: "ws://" + address},
	}, nil
}

// compile makes the library that shows Janus the loopback interface.
func compile(ctx context.Context, dir string) (string, error) {
	source, shim := filepath.Join(dir, "loopback.c"), filepath.Join(dir, "loopback.so")
	if err := os.WriteFile(source, loopbackSource, 0o600); err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, "gcc", "-shared", "-fPIC", "-O2", "-Wall", "-o", shim, source, "-ldl").CombinedOutput() //nolint:gosec // our own files
	if err != nil {
		return "", fmt.Errorf("gcc: %w: %s", err, out)
	}
	return shim, nil
}

// writeJanus fills in the files.
func writeJanus(dir, library, address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	values := map[string]any{
		"Dir": dir, "Library": library, "Port": port, "Room": join.JanusRoom, "Bitrate": sound.Bitrate,
		"Plugins":    others(library, "plugins", "libjanus_audiobridge.so"),
		"Transports": others(library, "transports", "libjanus_websockets.so"),
	}
	files, err := template.New("janus").Delims("<<", ">>").Parse(janusConfig)
	if err != nil {
		return err
	}
	for _, name := range []string{"janus.jcfg", "janus.transport.websockets.jcfg", "janus.plugin.audiobridge.jcfg"} {
		if err := fill(filepath.Join(dir, name), files.Lookup(name), values); err != nil {
			return err
		}
	}
	return nil
}

// fill writes one file.
func fill(path string, file *template.Template, values any) error {
	var text strings.Builder
	if err := file.Execute(&text, values); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text.String()), 0o600)
}

// others are the libraries in a folder that are not to be loaded.
func others(library, folder, wanted string) string {
	found, _ := filepath.Glob(filepath.Join(library, folder, "*.so")) // the pattern is a good one
	var names []string
	for _, path := range found {
		if name := filepath.Base(path); name != wanted {
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}
