package rest

import (
	"net/http"
	"slices"
	"strings"
)

// family is a group of operations with versions of its own (rest.md section 1).
type family struct {
	versions []string
	// optional says that requests need not name one.
	optional bool
}

// The families. The newest version of each is that of the contract.
var (
	calling = family{versions: []string{
		"2026-03-12", "2025-06-15", "2025-05-15", "2024-09-15", "2024-04-15", "2023-10-15", "2023-10-03", "2023-03-06",
	}}
	identities = family{versions: []string{"2023-10-01", "2022-10-01", "2022-06-01", "2021-03-07"}}
	rooms      = family{versions: []string{"2025-03-13", "2024-04-15", "2023-06-14"}}
	// beyond is what the contract does not have: any of its versions will do.
	beyond = family{optional: true, versions: slices.Concat(calling.versions, identities.versions, rooms.versions)}
)

// check wants one of the family's versions.
func (f family) check(r *http.Request) error {
	given := r.URL.Query()["api-version"]
	switch {
	case len(given) == 0 && f.optional, len(given) == 1 && slices.Contains(f.versions, given[0]):
		return nil
	case len(given) == 0:
		return &mistake{"api-version", "it is required; supported are " + f.String()}
	}
	return &mistake{"api-version", "it is not supported; supported are " + f.String()}
}

func (f family) String() string { return strings.Join(f.versions, ", ") }
