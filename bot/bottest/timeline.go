package bottest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Timeline is the log of a run for people: virtual time, who, and what.
func Timeline(log []byte) string {
	entries, err := read(bytes.NewReader(log))
	if err != nil || len(entries) == 0 {
		return "  nothing\n"
	}
	var b strings.Builder
	for _, e := range entries {
		if what := e.tells(); what != "" {
			fmt.Fprintf(&b, "  %10.3f  %s\n", e.Time.Sub(entries[0].Time).Seconds(), what)
		}
	}
	return b.String()
}

// tells is an entry in words; empty if it is of no interest.
func (e entry) tells() string {
	if does, ok := strings.CutPrefix(e.Type, "bottest."); ok {
		var d did
		_ = json.Unmarshal(e.Data, &d) // it was written here
		return strings.TrimSpace(fmt.Sprintf("%-8s %s %s", d.Who, does, d.What))
	}
	d := detail(e)
	switch name := strings.TrimPrefix(e.Type, "Microsoft.Communication."); {
	case name == "botd.operation.accepted":
		return fmt.Sprintf("%-8s asks for %s", "bot", d.Operation)
	case name == "IncomingCall":
		_, to, _ := strings.Cut(e.Subject, "/recipient/")
		return fmt.Sprintf("%-8s rings", strings.TrimPrefix(to, string(ID(""))))
	case strings.HasPrefix(name, "botd."), name == "ParticipantsUpdated":
		return ""
	default:
		return fmt.Sprintf("%-8s %s%s", "·", name, result(e))
	}
}

// result is why something failed or ended.
func result(e entry) string {
	var data struct {
		Result struct {
			Code    int    `json:"code"`
			Subcode int    `json:"subCode"`
			Message string `json:"message"`
		} `json:"resultInformation"`
	}
	_ = json.Unmarshal(e.Data, &data) // without one there is nothing to tell
	if r := data.Result; r.Message != "" && r.Subcode != 0 {
		return fmt.Sprintf(" (%d/%d %s)", r.Code, r.Subcode, r.Message)
	}
	return ""
}
