//go:build race

package netlab

// raced: an hour of sound takes the race detector many minutes, so it gets some
// minutes of it.
const raced = true
