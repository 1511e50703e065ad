package journal

import (
	"encoding/base64"
	"hash/fnv"
	"strings"
)

// nobody stands in a subject for the connection of a record that has none.
const nobody = "-"

// shardOf spreads calls over shards. It must never change: it says where the
// records of a call are.
func shardOf(call string, shards int) int {
	h := fnv.New32a()
	h.Write([]byte(call))
	return int(h.Sum32() % uint32(shards)) //nolint:gosec // a handful
}

// subject is where a record stands in its shard. The connection comes first,
// so that one connection can be found without knowing its call.
func subject(prefix, connection, call string) string {
	if connection == "" {
		return prefix + nobody + "." + token(call)
	}
	return prefix + token(connection) + "." + token(call)
}

// token makes an id fit into a subject. Ids that fit already stay readable;
// what has other characters, or is empty, or means something else, is encoded.
func token(id string) string {
	if id == "" || id == nobody || strings.ContainsFunc(id, unsafe) {
		return "=" + base64.RawURLEncoding.EncodeToString([]byte(id))
	}
	return id
}

func unsafe(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
		return false
	}
	return true
}
