package botd

import (
	"net/url"
	"slices"
	"strings"
)

// Provider is a provider of speech as a setting spells it: a name, and for those
// that live elsewhere a URL after a colon, whose query has the provider's
// options: openai:https://host/v1?model=whisper-1.
type Provider struct {
	// Name is which one.
	Name string
	// URL is where it is, without the options; empty for those inside.
	URL string
	// Options are its own.
	Options url.Values
}

// spelled is what a provider's setting may look like.
type spelled struct {
	name    string
	schemes []string // of its URL; none has no URL
	options []string
}

// providerKind is one of several providers.
func providerKind(known []spelled) kind[Provider] {
	return kind[Provider]{
		allowed: allowedProviders(known),
		parse: func(s string) (Provider, bool) {
			p, ok := parseProvider(s)
			return p, ok && slices.ContainsFunc(known, p.fits)
		},
		format: Provider.String,
	}
}

func allowedProviders(known []spelled) string {
	forms := make([]string, len(known))
	for i, k := range known {
		forms[i] = k.name
		if len(k.schemes) > 0 {
			forms[i] += ":" + k.schemes[0] + "://…"
		}
		if len(k.options) > 0 {
			forms[i] += "?" + strings.Join(k.options, "=&") + "="
		}
	}
	return strings.Join(forms, ", ")
}

// parseProvider takes a setting apart. A provider without a URL may have options
// too: "flite?voice=rms".
func parseProvider(s string) (p Provider, ok bool) {
	s, query, _ := strings.Cut(s, "?")
	p.Name, p.URL, _ = strings.Cut(s, ":")
	if query == "" {
		return p, p.Name != ""
	}
	options, err := url.ParseQuery(query)
	p.Options = options
	return p, err == nil && p.Name != ""
}

// fits reports whether p is spelled so.
func (p Provider) fits(s spelled) bool {
	if p.Name != s.name || (p.URL != "") != (len(s.schemes) > 0) {
		return false
	}
	for option := range p.Options {
		if !slices.Contains(s.options, option) {
			return false
		}
	}
	if p.URL == "" {
		return true
	}
	u, err := url.Parse(p.URL)
	return err == nil && u.Host != "" && u.User == nil && slices.Contains(s.schemes, u.Scheme)
}

// String is the setting again.
func (p Provider) String() string {
	s := p.Name
	if p.URL != "" {
		s += ":" + p.URL
	}
	if len(p.Options) > 0 {
		s += "?" + p.Options.Encode()
	}
	return s
}
