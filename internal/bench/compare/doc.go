// Package compare runs the same load against several servers in turn, each time
// with a fresh server on one processor and the generator on another, repeats the
// runs that other programs disturbed, and prints the medians of the rest.
package compare
