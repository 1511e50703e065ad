package bottest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// longest is the longest line of a log that is read, in bytes.
const longest = 4 << 20

// read reads a log of JSON lines, as a run or "botd events" writes them.
func read(from io.Reader) ([]entry, error) {
	var entries []entry
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, longest)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var e entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, fmt.Errorf("line %d of the log: %w", n, err)
		}
		if e.Type == "" {
			return nil, fmt.Errorf("line %d of the log has no type", n)
		}
		entries = append(entries, e)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	return entries, nil
}
