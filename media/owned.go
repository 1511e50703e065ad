package media

// Owned is a source that is played for somebody: a tap that leaves them out may
// leave this out with them (TapOptions.WithoutPlays). Whoever plays it takes the
// Source out, and closes that.
type Owned struct {
	Source
	// By is the id of the port, which need not have joined.
	By string
}
