package rest

import (
	"net/url"
	"slices"
	"strings"
)

// router finds the route of a request. echo reads a parameter up to the next
// slash, and every colon as the beginning of one: neither "{id}:play" nor
// "/:issueAccessToken" nor a percent-encoded raw id would survive it.
type router struct {
	routes map[int][]route // by number of segments
}

func newRouter(table []route) router {
	r := router{map[int][]route{}}
	for _, rt := range table {
		rt.pattern = strings.Split(rt.path, "/")
		n := len(rt.pattern)
		r.routes[n] = append(r.routes[n], rt)
	}
	return r
}

// find returns the route, and what the parameters of its path are. escaped is
// the path as it was sent. Where only the method is wrong it returns those
// that are right, with errMethod; else errNoRoute.
func (r router) find(method, escaped string) (rt route, params map[string]string, allowed []string, err error) {
	segments := strings.Split(escaped, "/")
	for _, rt := range r.routes[len(segments)] {
		params, ok := rt.match(segments)
		switch {
		case ok && rt.method == method:
			return rt, params, nil, nil
		case ok && !slices.Contains(allowed, rt.method):
			allowed = append(allowed, rt.method)
		}
	}
	if len(allowed) > 0 {
		return route{}, nil, allowed, errMethod
	}
	return route{}, nil, nil, errNoRoute
}

// maxName is how many bytes a name in a path or a query may have: more than any
// identifier. The store could not spell a longer one.
const maxName = 1024

// match compares segment by segment. Escapes are undone here and nowhere else.
func (rt route) match(segments []string) (map[string]string, bool) {
	params := map[string]string{}
	for i, want := range rt.pattern {
		got, err := url.PathUnescape(segments[i])
		if err != nil {
			return nil, false
		}
		name, after, isParam := parameter(want)
		switch {
		case !isParam && got != want:
			return nil, false
		case !isParam:
		case after == "":
			params[name] = got
		default:
			// The verb begins at the last colon: ids have none.
			at := strings.LastIndexByte(got, ':')
			if at < 0 || got[at:] != after {
				return nil, false
			}
			got = got[:at]
			params[name] = got
		}
		if isParam && (got == "" || len(got) > maxName) {
			return nil, false
		}
	}
	return params, true
}

// parameter takes "{name}" or "{name}:verb" apart.
func parameter(segment string) (name, after string, ok bool) {
	rest, ok := strings.CutPrefix(segment, "{")
	if !ok {
		return "", "", false
	}
	name, after, _ = strings.Cut(rest, "}")
	return name, after, true
}
