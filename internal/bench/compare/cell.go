package compare

import (
	"fmt"
	"slices"
)

// Cell is a call that every server named is measured with.
type Cell struct {
	Participants int  `json:"participants"`
	Speakers     int  `json:"speakers"`
	Open         bool `json:"open"`
	// Servers are compared with the last of them.
	Servers []string `json:"-"`
}

// Tapped is the name of the server in which taps are opened.
const Tapped = "tapped"

func (c Cell) String() string {
	switch {
	case c.Participants == c.Speakers:
		return fmt.Sprintf("%d, all speak", c.Participants)
	case c.Open:
		return fmt.Sprintf("%d, open", c.Participants)
	}
	return fmt.Sprint(c.Participants)
}

// sending is how many of the call send.
func (c Cell) sending() int {
	if c.Open {
		return c.Participants
	}
	return c.Speakers
}

const (
	// speakers is how many speak in a call of more than two.
	speakers = 3
	// janusHolds is the largest call that Janus is asked to hold.
	janusHolds = 100
	// openCall is the call in which everybody's microphone is open.
	openCall = 20
)

// Cells are the calls that are measured where sizes are asked for: two who both
// speak, larger ones with three speakers and the others muted, and one with open
// microphones.
func Cells(sizes []int, servers []string) []Cell {
	var cells []Cell
	for _, n := range sizes {
		cells = append(cells, Cell{Participants: n, Speakers: min(n, speakers), Servers: able(n, servers)})
	}
	return cells
}

// TapCell is a call that two taps listen to, on the mix and on one speaker, and
// the same without them.
func TapCell(n int) Cell {
	return Cell{Participants: n, Speakers: speakers, Servers: []string{Tapped, "listening"}}
}

// OpenCell is a call in which everybody's microphone is open.
func OpenCell(servers []string) Cell {
	return Cell{Participants: openCall, Speakers: speakers, Open: true, Servers: servers}
}

// able leaves out Janus where the call is too large for it.
func able(n int, servers []string) []string {
	if n <= janusHolds {
		return servers
	}
	return slices.DeleteFunc(slices.Clone(servers), func(s string) bool { return s == "janus" })
}
