package botd

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// announce tells a person who has just started the server where to go. The
// access key is shown on a development server only.
func (s *Server) announce(w io.Writer) {
	if !s.cfg.Dev {
		_, _ = fmt.Fprintf(w, "botd is ready at %s\n", s.publicURL())
		return
	}
	page := s.publicURL()
	if addr := s.HTTPAddr(); addr != "" {
		page = "http://" + addr
	}
	root := s.RootFile()
	if whole, err := filepath.Abs(root); err == nil && root != "" {
		root = whole // for a shell that is somewhere else
	}
	_, _ = fmt.Fprintf(w, `
  botd is ready.

  Softphone          %s/
  Bots to call       %s
  Connection string  %s
  Trust for https    NODE_EXTRA_CA_CERTS=%s
  Metrics            http://%s/metrics

`, page, s.botNames(), s.ConnectionString(), root, s.AdminAddr())
}

// botNames are the bots of this program.
func (s *Server) botNames() string {
	var names []string
	for name := range s.bots {
		names = append(names, string(name))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
