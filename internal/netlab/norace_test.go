//go:build !race

package netlab

const raced = false
