// Package e2e tests the whole server from outside: real browsers, the
// service's own SDK under Node, the real binary killed and started again. It
// holds nothing but tests.
package e2e
