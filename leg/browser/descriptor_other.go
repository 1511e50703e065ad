//go:build !linux

package browser

import "net"

// descriptor is a UDP socket.
type descriptor struct{ conn *net.UDPConn }

func adopt(conn *net.UDPConn) (*descriptor, error) { return &descriptor{conn}, nil }

func (d *descriptor) unwatch() error { return nil }
func (d *descriptor) close() error   { return d.conn.Close() }
