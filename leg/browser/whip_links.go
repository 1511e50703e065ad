package browser

import (
	"fmt"
	"strings"
)

// iceLinks are the STUN and TURN servers as the headers that RFC 9725, section
// 4.6 has for them.
func iceLinks(servers []ICEServer) []string {
	var links []string
	for _, server := range servers {
		for _, u := range server.URLs {
			link := fmt.Sprintf("<%s>; rel=\"ice-server\"", u)
			if server.Username != "" || server.Credential != "" {
				link += fmt.Sprintf("; username=%s; credential=%s; credential-type=\"password\"",
					quoted(server.Username), quoted(server.Credential))
			}
			links = append(links, link)
		}
	}
	return links
}

// quoted is a quoted-string (RFC 9110, section 5.6.4).
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
