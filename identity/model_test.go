package identity_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/botd-dev/botd/identity"
)

const (
	resource = "11111111-1111-4111-8111-111111111111"
	person   = "22222222-2222-4222-8222-222222222222"
	tenant   = "33333333-3333-4333-8333-333333333333"
	alice    = "8:acs:" + resource + "_" + person
)

func TestEveryKindIsWrittenWithAllThatParsersNeed(t *testing.T) {
	for _, row := range []struct{ raw, json string }{
		{alice, `{"kind":"communicationUser","rawId":"` + alice + `","communicationUser":{"id":"` + alice + `"}}`},
		{"8:spool:x", `{"kind":"communicationUser","rawId":"8:spool:x","communicationUser":{"id":"8:spool:x"}}`},
		{"8:gcch-acs:r_u", `{"kind":"communicationUser","rawId":"8:gcch-acs:r_u","communicationUser":{"id":"8:gcch-acs:r_u"}}`},
		{"4:+15551230001", `{"kind":"phoneNumber","rawId":"4:+15551230001","phoneNumber":{"value":"+15551230001","isAnonymous":false}}`},
		{"4:anonymous", `{"kind":"phoneNumber","rawId":"4:anonymous","phoneNumber":{"value":"anonymous","isAnonymous":true}}`},
		{"4:+15551230001_leg2", `{"kind":"phoneNumber","rawId":"4:+15551230001_leg2","phoneNumber":{"value":"+15551230001","isAnonymous":false,"assertedId":"leg2"}}`},
		{"8:orgid:u", `{"kind":"microsoftTeamsUser","rawId":"8:orgid:u","microsoftTeamsUser":{"userId":"u","isAnonymous":false,"cloud":"public"}}`},
		{"8:dod:u", `{"kind":"microsoftTeamsUser","rawId":"8:dod:u","microsoftTeamsUser":{"userId":"u","isAnonymous":false,"cloud":"dod"}}`},
		{"8:teamsvisitor:u", `{"kind":"microsoftTeamsUser","rawId":"8:teamsvisitor:u","microsoftTeamsUser":{"userId":"u","isAnonymous":true,"cloud":"public"}}`},
		{"28:orgid:a", `{"kind":"microsoftTeamsApp","rawId":"28:orgid:a","microsoftTeamsApp":{"appId":"a","cloud":"public"}}`},
		{"28:gcch:a", `{"kind":"microsoftTeamsApp","rawId":"28:gcch:a","microsoftTeamsApp":{"appId":"a","cloud":"gcch"}}`},
		{"8:acs:r_t_u", `{"kind":"teamsExtensionUser","rawId":"8:acs:r_t_u","teamsExtensionUser":{"userId":"u","tenantId":"t","resourceId":"r","cloud":"public"}}`},
		{"8:dod-acs:r_t_u", `{"kind":"teamsExtensionUser","rawId":"8:dod-acs:r_t_u","teamsExtensionUser":{"userId":"u","tenantId":"t","resourceId":"r","cloud":"dod"}}`},
		{"8:echo123", `{"kind":"unknown","rawId":"8:echo123"}`},
		{"echo", `{"kind":"unknown","rawId":"echo"}`},
		{"8:acs:a_b_c_d", `{"kind":"unknown","rawId":"8:acs:a_b_c_d"}`},
		{"8:acs:a:b", `{"kind":"unknown","rawId":"8:acs:a:b"}`},
		{"28:bot", `{"kind":"unknown","rawId":"28:bot"}`},
	} {
		got, err := json.Marshal(identity.ID(row.raw))
		if err != nil || string(got) != row.json {
			t.Errorf("%s is written %s, %v; want %s", row.raw, got, err, row.json)
		}
		var back identity.ID
		if err := json.Unmarshal(got, &back); err != nil || back != identity.ID(row.raw) {
			t.Errorf("%s comes back as %s, %v", row.raw, back, err)
		}
	}
}

func TestEveryVariantOfARequestIsRead(t *testing.T) {
	for _, row := range []struct{ name, json, want string }{
		{"all of it", `{"kind":"communicationUser","rawId":"8:acs:r_u","communicationUser":{"id":"8:acs:r_u"}}`, "8:acs:r_u"},
		{"no kind", `{"rawId":"8:acs:r_u","communicationUser":{"id":"8:acs:r_u"}}`, "8:acs:r_u"},
		{"nested only", `{"communicationUser":{"id":"8:acs:r_u"}}`, "8:acs:r_u"},
		{"raw id only", `{"rawId":"8:acs:r_u"}`, "8:acs:r_u"},
		{"a bare id", `{"id":"echo"}`, "echo"},
		{"an unknown one as the client serialises it", `{"kind":"unknown","rawId":"echo"}`, "echo"},
		{"a bot called as if it were a user", `{"communicationUser":{"id":"8:echo123"}}`, "8:echo123"},
		{"nulls are absent", `{"kind":null,"rawId":"8:acs:r_u","communicationUser":null,"phoneNumber":null}`, "8:acs:r_u"},
		{"unknown fields", `{"rawId":"8:acs:r_u","colour":"red"}`, "8:acs:r_u"},
		{"a kind of the future", `{"kind":"robot","rawId":"robot-1"}`, "robot-1"},
		{"a phone number", `{"phoneNumber":{"value":"+15551230001"}}`, "4:+15551230001"},
		{"a phone number with separators", `{"phoneNumber":{"value":"+1 (555) 123-0001"}}`, "4:+15551230001"},
		{"a raw phone number with separators", `{"rawId":"4:+1 555 123 0001","phoneNumber":{"value":"+15551230001"}}`, "4:+15551230001"},
		{"a number with an asserted id", `{"phoneNumber":{"value":"+15551230001","assertedId":"x"}}`, "4:+15551230001_x"},
		{"an asserted id left in the value", `{"rawId":"4:+15551230001_x","phoneNumber":{"value":"+15551230001_x"}}`, "4:+15551230001_x"},
		{"an asserted id only in the raw id", `{"rawId":"4:+15551230001_x","phoneNumber":{"value":"+15551230001"}}`, "4:+15551230001_x"},
		{"an anonymous caller", `{"rawId":"4:anonymous","phoneNumber":{"value":"anonymous","isAnonymous":true}}`, "4:anonymous"},
		{"an extension of one's own", `{"phoneNumber":{"value":"1001"}}`, "4:1001"},
		{"a Teams user", `{"microsoftTeamsUser":{"userId":"u"}}`, "8:orgid:u"},
		{"a Teams user elsewhere", `{"microsoftTeamsUser":{"userId":"u","cloud":"gcch"}}`, "8:gcch:u"},
		{"a Teams visitor", `{"microsoftTeamsUser":{"userId":"u","isAnonymous":true}}`, "8:teamsvisitor:u"},
		{"a raw id that says more", `{"rawId":"8:dod:u","microsoftTeamsUser":{"userId":"u"}}`, "8:dod:u"},
		{"a Teams app", `{"microsoftTeamsApp":{"appId":"a","cloud":"dod"}}`, "28:dod:a"},
		{"a Teams extension user", `{"teamsExtensionUser":{"userId":"u","tenantId":"t","resourceId":"r","cloud":"gcch"}}`, "8:gcch-acs:r_t_u"},
	} {
		var got identity.ID
		if err := json.Unmarshal([]byte(row.json), &got); err != nil || got != identity.ID(row.want) {
			t.Errorf("%s: %s, %v; want %s", row.name, got, err, row.want)
		}
	}
}

func TestWhatNamesNobodyOrTwoIsRefused(t *testing.T) {
	for _, row := range []struct{ name, json string }{
		{"nothing", `{}`},
		{"a string", `"8:acs:r_u"`},
		{"a kind alone", `{"kind":"communicationUser"}`},
		{"two nested objects", `{"communicationUser":{"id":"8:acs:r_u"},"phoneNumber":{"value":"+15551230001"}}`},
		{"disagreement", `{"rawId":"8:acs:r_u","communicationUser":{"id":"8:acs:r_v"}}`},
		{"disagreement about a number", `{"rawId":"4:+15551230001","phoneNumber":{"value":"+15551230002"}}`},
		{"disagreement about the asserted id", `{"rawId":"4:+15551230001_x","phoneNumber":{"value":"+15551230001_y"}}`},
		{"disagreement about the cloud", `{"rawId":"8:dod:u","microsoftTeamsUser":{"userId":"u","cloud":"public"}}`},
		{"disagreement about the kind", `{"kind":"phoneNumber","communicationUser":{"id":"8:acs:r_u"}}`},
		{"disagreement with the bare id", `{"rawId":"8:acs:r_u","id":"echo"}`},
		{"an empty user", `{"communicationUser":{}}`},
		{"a phone number as user", `{"communicationUser":{"id":"4:+15551230001"}}`},
		{"an empty number", `{"phoneNumber":{}}`},
		{"letters as number", `{"phoneNumber":{"value":"+1555CALLME"}}`},
		{"a number that is too long", `{"phoneNumber":{"value":"+1234567890123456"}}`},
		{"a number that is too short", `{"phoneNumber":{"value":"+123"}}`},
		{"an anonymous number", `{"phoneNumber":{"value":"+15551230001","isAnonymous":true}}`},
		{"a header in a number", `{"rawId":"4:+15551230001\r\nX-Evil: 1"}`},
		{"a header in an asserted id", `{"phoneNumber":{"value":"+15551230001","assertedId":"x\r\ny"}}`},
		{"a header in a raw id", `{"rawId":"8:acs:r_u\r\nX-Evil: 1"}`},
		{"half an extension user", `{"teamsExtensionUser":{"userId":"u","tenantId":"","resourceId":"r"}}`},
		{"an underscore too many", `{"teamsExtensionUser":{"userId":"u_v","tenantId":"t","resourceId":"r"}}`},
		{"more than any identifier", `{"rawId":"` + strings.Repeat("x", 513) + `"}`},
	} {
		var got identity.ID
		if err := json.Unmarshal([]byte(row.json), &got); !errors.Is(err, identity.ErrInvalid) {
			t.Errorf("%s: %s, %v", row.name, got, err)
		}
	}
}

func TestNumbersCompareByWhatIsDialled(t *testing.T) {
	for _, row := range []struct {
		a, b identity.ID
		want bool
	}{
		{"4:+15551230001", "4:+1 555-123-0001", true},
		{"4:+15551230001", "4:+15551230002", false},
		{"4:+15551230001_a", "4:+15551230001_b", false},
		{"8:acs:r_u", "8:acs:r_u", true},
		{"8:acs:r_u", "8:acs:r_U", false},
	} {
		if got := row.a.Equal(row.b); got != row.want {
			t.Errorf("%s equals %s: %v", row.a, row.b, got)
		}
	}
}

func TestAnIDIsAKeyOfJSONObjectsByItsRawID(t *testing.T) {
	data, err := json.Marshal(map[identity.ID]int{"4:+15551230001": 1})
	if err != nil || string(data) != `{"4:+15551230001":1}` {
		t.Fatalf("%s, %v", data, err)
	}
	var back map[identity.ID]int
	if err := json.Unmarshal(data, &back); err != nil || back["4:+15551230001"] != 1 {
		t.Errorf("%v, %v", back, err)
	}
}

func TestAnAbsentIDStaysAbsent(t *testing.T) {
	type holder struct {
		Optional identity.ID `json:"optional,omitempty"`
		Always   identity.ID `json:"always"`
	}
	data, err := json.Marshal(holder{})
	if err != nil || string(data) != `{"always":null}` {
		t.Fatalf("%s, %v", data, err)
	}
	h := holder{Always: "echo"}
	if err := json.Unmarshal(data, &h); err != nil || h.Always != "echo" {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestANewUserIsAUserForEverySDK(t *testing.T) {
	id := identity.NewUser(uuid.MustParse(resource), uuid.MustParse(person))
	if id != alice || id.Kind() != identity.KindCommunicationUser {
		t.Errorf("%s is a %s", id, id.Kind())
	}
}

func FuzzAnIdentifierIsReadAsItIsWritten(f *testing.F) {
	for _, seed := range []string{
		`{"kind":"communicationUser","rawId":"8:acs:r_u","communicationUser":{"id":"8:acs:r_u"}}`,
		`{"rawId":"4:+15551230001_x","phoneNumber":{"value":"+15551230001_x","assertedId":"x"}}`,
		`{"microsoftTeamsUser":{"userId":"u","cloud":"dod"}}`, `{"id":"echo"}`, `{"rawId":"28:gcch:a"}`,
		`{"teamsExtensionUser":{"userId":"u","tenantId":"t","resourceId":"r"}}`, `{"rawId":"4:_"}`, `null`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var id identity.ID
		if json.Unmarshal(data, &id) != nil || id == "" {
			return
		}
		if strings.ContainsAny(string(id), "\r\n\x00") {
			t.Fatalf("%q can break a header", id)
		}
		written, err := json.Marshal(id)
		if err != nil {
			t.Fatal(err)
		}
		var back identity.ID
		if err := json.Unmarshal(written, &back); err != nil || back != id {
			t.Fatalf("%s is written %s and read %s, %v", id, written, back, err)
		}
	})
}
