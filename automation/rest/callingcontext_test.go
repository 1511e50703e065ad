package rest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/botd-dev/botd/call"
)

// details are of a call that Teams is to show, with a field of another value.
func details(change string) string {
	return `{"teamsPhoneCallDetails":{"sessionId":"s","callTopic":"` + strings.Repeat("é", 48) + `",
		"teamsPhoneCallerDetails":{"caller":{"rawId":"8:acs:r_u"},"name":"Ann","phoneNumber":"+15551230001","additionalCallerInformation":{"a":"b"}},
		"teamsPhoneSourceDetails":{"source":{"rawId":"28:orgid:a"},"language":"en","status":"ok","intendedTargets":{"x":{"rawId":"8:acs:r_u"}}}` + change + `},
		"voipHeaders":{"order":"77"},"sipHeaders":{}}`
}

func TestWhatIsSentAlongToTeamsIsCheckedAndTheRestCarried(t *testing.T) {
	d := newDesk(t)
	cn := d.connected()
	add := func(context string) reply {
		return d.ask("POST", cn+"/participants:add?"+version, `{"participantToAdd":{"id":"echo"},"customCallingContext":`+context+`}`)
	}
	for _, row := range []struct{ old, changed, field string }{
		{`"callTopic":"`, `"callTopic":"x`, "callTopic"},
		{`"name":"Ann"`, `"name":""`, "teamsPhoneCallerDetails.name"},
		{`"phoneNumber":"+15551230001"`, `"phoneNumber":null`, "teamsPhoneCallerDetails.phoneNumber"},
		{`{"a":"b"}`, `{"1":"","2":"","3":"","4":"","5":"","6":"","7":"","8":"","9":"","10":"","11":""}`, "teamsPhoneCallerDetails.additionalCallerInformation"},
		{`"language":"en"`, `"language":""`, "teamsPhoneSourceDetails.language"},
		{`"status":"ok"`, `"status":""`, "teamsPhoneSourceDetails.status"},
		{`"rawId":"28:orgid:a"`, `"rawId":7`, "teamsPhoneSourceDetails.source"},
		{`"x":{"rawId":"8:acs:r_u"}`, `"x":{}`, "teamsPhoneSourceDetails.intendedTargets.x"},
	} {
		r := add(strings.Replace(details(""), row.old, row.changed, 1))
		d.refused(r, 400, "8523")
		var e envelope
		if err := json.Unmarshal(r.body, &e); err != nil || e.Error.Target != "customCallingContext.teamsPhoneCallDetails."+row.field {
			t.Errorf("%s: %s", row.changed, r.body)
		}
	}
	if r := add(details("")); r.StatusCode != 202 {
		t.Fatalf("%s %s", r.Status, r.body)
	}
	if got := (<-d.bell).Custom(); got == nil || got.VoIPHeaders["order"] != "77" {
		t.Errorf("%+v", got)
	}
}

func TestACallIsPlacedInTheNameOfAnApplicationOfTeams(t *testing.T) {
	d := newDesk(t)
	create := func(more string) reply {
		return d.ask("POST", "/calling/callConnections?"+version, strings.TrimSuffix(createBody, "}")+`,"source":{"id":"8:acs:r_app"},`+more+"}")
	}
	for body, source := range map[string]string{
		`"teamsAppSource":{"appId":"a"}`:                                                            "28:orgid:a",
		`"teamsAppSource":{"appId":"a","cloud":"gcch"}`:                                             "28:gcch:a",
		`"teamsAppSource":null,"callIntelligenceOptions":{"cognitiveServicesEndpoint":"https://x"}`: "8:acs:r_app",
	} {
		r := create(body)
		var made struct{ Source struct{ RawID string } }
		if err := json.Unmarshal(r.body, &made); err != nil || r.StatusCode != 201 || made.Source.RawID != source {
			t.Errorf("%s: %s %s", body, r.Status, r.body)
		}
		if inv := <-d.bell; string(inv.From()) != source {
			t.Errorf("%s calls", inv.From())
		}
	}
	for body, field := range map[string]string{
		`"teamsAppSource":{}`:                                       "teamsAppSource.appId",
		`"teamsAppSource":{"appId":"a\u0000"}`:                      "teamsAppSource.appId",
		`"teamsAppSource":{"appId":"a","cloud":"moon"}`:             "teamsAppSource.cloud",
		`"callIntelligenceOptions":{"cognitiveServicesEndpoint":7}`: "callIntelligenceOptions.cognitiveServicesEndpoint",
	} {
		r := create(body)
		d.refused(r, 400, "8523")
		if !strings.Contains(string(r.body), `"target":"`+field+`"`) {
			t.Errorf("%s: %s", body, r.body)
		}
	}
}

func TestACallersNumberMayBeWithheld(t *testing.T) {
	d := newDesk(t)
	create := func(number string) reply {
		return d.ask("POST", "/calling/callConnections?"+version, strings.TrimSuffix(createBody, "}")+`,"sourceCallerIdNumber":`+number+"}")
	}
	for number, want := range map[string]string{
		`{"value":"+15551230000","isAnonymous":false}`: `{"value":"+15551230000"}`,
		`{"value":"anonymous","isAnonymous":true}`:     `{"value":"anonymous","isAnonymous":true}`,
	} {
		if r := create(number); r.StatusCode != 201 || !strings.Contains(string(r.body), `"sourceCallerIdNumber":`+want) {
			t.Errorf("%s: %s %s", number, r.Status, r.body)
		}
	}
	r := create(`{"value":"+15551230000","isAnonymous":true}`)
	d.refused(r, 400, "8523")
	if !strings.Contains(string(r.body), `"target":"sourceCallerIdNumber.isAnonymous"`) {
		t.Errorf("%s", r.body)
	}
}

func TestAParticipantIsAskedForByARawID(t *testing.T) {
	d := newDesk(t)
	r := d.ask("GET", d.connected()+"/participants/4%3Ahello?"+version, "")
	d.refused(r, 400, "8523")
	if !strings.Contains(string(r.body), `"target":"participantRawId"`) {
		t.Errorf("%s", r.body)
	}
}

func TestACallThatIsFullTakesNobodyMoreAndGoesOn(t *testing.T) {
	d := newDeskWith(t, func(c *call.Config) { c.MaxParticipants = 2 })
	cn := d.connected()
	added := d.ok(202, "POST", cn+"/participants:add", `{"participantToAdd":{"id":"echo"}}`)
	third := `{"participantToAdd":{"rawId":"8:acs:r_carol"}}`
	for range 3 {
		r := d.ask("POST", cn+"/participants:add?"+version, third)
		d.refused(r, 429, "8530")
		if r.Header.Get("Retry-After") != "5" {
			t.Errorf("again in %q s", r.Header.Get("Retry-After"))
		}
	}
	if got := d.ok(200, "GET", cn, "")["callConnectionState"]; got != "connected" {
		t.Errorf("the call is %v", got)
	}
	d.ok(202, "POST", cn+"/participants:cancelAddParticipant", fmt.Sprintf(`{"invitationId":%q}`, added["invitationId"]))
	d.ok(202, "POST", cn+"/participants:add", third)
	many := `{"targets":[{"rawId":"8:acs:r_a"},{"rawId":"8:acs:r_b"},{"rawId":"8:acs:r_c"}],"callbackUri":"https://app.example/cb"}`
	r := d.ask("POST", "/calling/callConnections?"+version, many)
	d.refused(r, 400, "8523")
	if !strings.Contains(string(r.body), `"target":"targets"`) {
		t.Errorf("%s", r.body)
	}
}
