package journal

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// forgetful is a disk as a process has changed it, and what of it is certain to
// be there after a power cut. It follows the file systems that servers stand
// on (ext4, XFS): the bytes of a file are safe when an fsync of it has begun
// after they were written, and has returned; names are safe, in the order in
// which they were given, when an fsync of anything has.
type forgetful struct {
	root   string
	syncs  []span // of anything
	names  []naming
	said   []saying
	nodes  map[string]*node // now, by path
	opened map[int64]*descriptor
}

// span is where something began and had returned in the trace.
type span struct{ entry, exit int }

// node is a file or a directory.
type node struct {
	directory bool
	changes   []change
	syncs     []span
}

// change is bytes that were written into a file, or the length it was cut to.
type change struct {
	at     int
	offset int64
	data   []byte
	length int64 // with no data
}

// naming gives a path a node, or none.
type naming struct {
	at   int
	path string
	node *node
}

type descriptor struct {
	node           *node
	path           string // when it was opened
	offset         int64
	appends, syncs bool
}

// saying is a line that the process has begun to print.
type saying struct {
	at   int
	text string
}

// replay makes the disk from a trace.
func replay(root string, calls []traced) (*forgetful, error) {
	d := &forgetful{root: root, nodes: map[string]*node{}, opened: map[int64]*descriptor{}}
	for i := range calls {
		if calls[i].name == "close" { // from its beginning the number may be another's
			calls[i].exit = calls[i].entry
		}
	}
	slices.SortStableFunc(calls, func(a, b traced) int { return a.exit - b.exit })
	for _, c := range calls {
		if err := d.apply(c); err != nil {
			return nil, fmt.Errorf("line %d of the trace: %w", c.exit, err)
		}
	}
	return d, nil
}

func (d *forgetful) apply(c traced) error {
	switch c.name {
	case "openat":
		d.open(c)
	case "close":
		delete(d.opened, c.number(0))
	case "write", "pwrite64", "lseek", "ftruncate", "fsync", "fdatasync":
		return d.change(c)
	case "mkdirat", "renameat", "unlinkat":
		d.name(c)
	case "mmap":
		if d.opened[c.number(4)] != nil && c.has(3, "MAP_SHARED") && c.has(2, "PROT_WRITE") {
			return fmt.Errorf("%s is not understood", c.name)
		}
	default:
		return fmt.Errorf("%s is not understood", c.name)
	}
	return nil
}

// path is what an argument names, from the directory that the one before it is.
func (d *forgetful) path(c traced, arg int) string {
	name := string(c.bytes(arg))
	if c.args[arg-1] == "AT_FDCWD" {
		return name
	}
	if below := d.opened[c.number(arg-1)]; below != nil {
		return below.path + "/" + name
	}
	return name // of another disk
}

func (d *forgetful) inside(path string) bool { return strings.HasPrefix(path, d.root) }

func (d *forgetful) open(c traced) {
	path := d.path(c, 1)
	if !d.inside(path) {
		return
	}
	n := d.nodes[path]
	if n == nil {
		n = &node{}
		d.give(c.exit, path, n)
	}
	if c.has(2, "O_TRUNC") {
		n.changes = append(n.changes, change{at: c.exit})
	}
	d.opened[c.result] = &descriptor{node: n, path: path, appends: c.has(2, "O_APPEND"), syncs: c.has(2, "O_SYNC") || c.has(2, "O_DSYNC")}
}

func (d *forgetful) change(c traced) error {
	fd := d.opened[c.number(0)]
	switch {
	case fd == nil && c.name == "write" && c.number(0) == 1:
		d.said = append(d.said, saying{c.entry, string(c.bytes(1))})
	case fd == nil: // not of this disk
	case fd.appends:
		return fmt.Errorf("%s at the end is not understood", c.name)
	case c.name == "lseek":
		fd.offset = c.result
	case c.name == "ftruncate":
		fd.node.changes = append(fd.node.changes, change{at: c.exit, length: c.number(1)})
	case c.name == "write":
		d.write(c, fd, fd.offset)
		fd.offset += c.result
	case c.name == "pwrite64":
		d.write(c, fd, c.number(3))
	default:
		d.sync(fd.node, span{c.entry, c.exit})
	}
	return nil
}

func (d *forgetful) write(c traced, fd *descriptor, offset int64) {
	fd.node.changes = append(fd.node.changes, change{at: c.exit, offset: offset, data: c.bytes(1)[:c.result]})
	if fd.syncs {
		d.sync(fd.node, span{c.exit + 1, c.exit + 1})
	}
}

func (d *forgetful) sync(n *node, s span) {
	n.syncs = append(n.syncs, s)
	d.syncs = append(d.syncs, s)
}

func (d *forgetful) name(c traced) {
	switch path := d.path(c, 1); {
	case !d.inside(path):
	case c.name == "mkdirat":
		d.give(c.exit, path, &node{directory: true})
	case c.name == "unlinkat":
		d.give(c.exit, path, nil)
	case d.nodes[path].directory:
		d.move(c.exit, path, d.path(c, 3))
	default:
		d.give(c.exit, d.path(c, 3), d.nodes[path])
		d.give(c.exit, path, nil)
	}
}

// move gives a directory, and what is in it, another name.
func (d *forgetful) move(at int, from, to string) {
	for path, n := range d.nodes {
		if path == from || strings.HasPrefix(path, from+"/") {
			d.give(at, to+strings.TrimPrefix(path, from), n)
			d.give(at, path, nil)
		}
	}
}

func (d *forgetful) give(at int, path string, n *node) {
	d.names = append(d.names, naming{at, path, n})
	if n == nil {
		delete(d.nodes, path)
		return
	}
	d.nodes[path] = n
}

// safe is where the last sync began that had returned at a moment.
func safe(syncs []span, moment int) int {
	began := 0
	for _, s := range syncs {
		if s.exit <= moment {
			began = max(began, s.entry)
		}
	}
	return began
}

// cut makes the disk as it is when power is lost at a moment. Of what is not
// safe nothing is left or, with luck, any part of it.
func (d *forgetful) cut(to string, moment int, luck *rand.Rand) error {
	paths := map[string]*node{}
	named := safe(d.syncs, moment)
	for _, n := range d.names {
		if n.at > moment || n.at >= named && (luck == nil || luck.IntN(8) == 0) {
			break
		}
		if paths[n.path] = n.node; n.node == nil {
			delete(paths, n.path)
		}
	}
	for path, n := range paths {
		if err := n.restore(filepath.Join(to, strings.TrimPrefix(path, d.root)), moment, luck); err != nil {
			return err
		}
	}
	return nil
}

func (n *node) restore(path string, moment int, luck *rand.Rand) error {
	if n.directory {
		return os.MkdirAll(path, 0o700)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, n.content(moment, luck), 0o600)
}

func (n *node) content(moment int, luck *rand.Rand) []byte {
	var data []byte
	written := safe(n.syncs, moment)
	for _, c := range n.changes {
		if c.at > moment {
			break
		}
		if c.at < written {
			data = c.on(data)
		} else if luck != nil && luck.IntN(2) == 0 {
			data = c.torn(luck).on(data)
		}
	}
	return data
}

// torn is what a disk may have written of a change: whole sectors.
func (c change) torn(luck *rand.Rand) change {
	const sector = 512
	c.data = c.data[:min(len(c.data), luck.IntN(len(c.data)/sector+2)*sector)]
	return c
}

func (c change) on(data []byte) []byte {
	if c.data == nil {
		return slices.Grow(data, int(c.length))[:c.length]
	}
	if grown := int(c.offset) + len(c.data); grown > len(data) {
		data = append(data, bytes.Repeat([]byte{0}, grown-len(data))...)
	}
	copy(data[c.offset:], c.data)
	return data
}
