package openapitest

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// path is a path of the document. "{id}:verb" is one segment of it.
type path struct {
	template string
	item     *openapi3.PathItem
	pattern  *regexp.Regexp
	names    []string
	literals int // characters that are not of a parameter
}

// parameter is one in a template.
var parameter = regexp.MustCompile(`\{[^}]+\}`)

func newPath(template string, item *openapi3.PathItem) path {
	p := path{template: template, item: item, literals: len(parameter.ReplaceAllString(template, ""))}
	for _, name := range parameter.FindAllString(template, -1) {
		p.names = append(p.names, strings.Trim(name, "{}"))
	}
	var pattern strings.Builder
	for i, literal := range parameter.Split(template, -1) {
		if i > 0 {
			pattern.WriteString(`([^/]+)`)
		}
		pattern.WriteString(regexp.QuoteMeta(literal))
	}
	p.pattern = regexp.MustCompile("^" + pattern.String() + "$")
	return p
}

// byLiterals puts those that say more first: "{id}:play" before "{id}".
func byLiterals(a, b path) int {
	return cmp.Or(cmp.Compare(b.literals, a.literals), cmp.Compare(a.template, b.template))
}

func (p path) operation(method string) *openapi3.Operation {
	if p.item == nil {
		return nil
	}
	return p.item.Operations()[method]
}

// find finds the path of a request, and what its parameters are; an empty one if
// there is none.
func (c *Checker) find(r *http.Request) (path, map[string]string) {
	for _, p := range c.paths {
		values := p.pattern.FindStringSubmatch(r.URL.EscapedPath())
		if values == nil {
			continue
		}
		params := map[string]string{}
		for i, name := range p.names {
			params[name], _ = url.PathUnescape(values[i+1]) // else the server has not found it either
		}
		return p, params
	}
	return path{}, nil
}

// prefixes are where REST is.
var prefixes = []string{"/calling/", "/identities", "/teamsUser/", "/rooms", "/eventSubscriptions", "/webhooks/", "/openapi.json"}

// isREST says whether a request is one of those that the document is about.
func isREST(r *http.Request) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(r.URL.Path, prefix) {
			return true
		}
	}
	return false
}
