package web_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// room is a roster with roles, and with two who wait to be let in.
func room(call any) message {
	member := func(id, name, role, state string) message {
		return message{
			"participantId": id, "identifier": message{"rawId": "8:acs:r_" + id}, "displayName": name, "role": role, "state": state,
		}
	}
	return message{"type": "roster", "call": call, "serverCallId": "s", "participants": []any{
		member("grace", "Grace Hopper", "Presenter", "Connected"),
		member("kay", "Kay McNulty", "Consumer", "Connected"),
		member("karen", "Karen Spärck Jones", "Attendee", "InLobby"),
		member("joan", "Joan Clarke", "Attendee", "InLobby"),
	}}
}

func person(raw string) string { return fmt.Sprintf(`[data-id="8:acs:r_%s"]`, raw) }

// rawID is whom a message is about.
func rawID(m message) string {
	list, _ := m["participants"].([]any)
	if len(list) != 1 {
		return ""
	}
	who, _ := list[0].(map[string]any)
	id, _ := who["rawId"].(string)
	return id
}

func TestAPresenterDecidesWhoComesIn(t *testing.T) {
	f := newFakeServer(t)
	ctx := open(t, f)
	signIn(ctx, t, "Ada Lovelace")
	do(ctx, t, chromedp.SendKeys(id("group-input"), "12345678901234567"), chromedp.Click(id("join-group-button")))
	join := f.wait(ctx, t, "join", 1)
	if join["roomId"] != "12345678901234567" {
		t.Errorf("the page joins %v", join)
	}
	eventually(ctx, t, inState("Connected"))
	f.say(message{"type": "role", "call": join["call"], "role": "Presenter"})
	f.say(room(join["call"]))
	eventually(ctx, t, `document.querySelectorAll('[data-testid="lobby-person"]').length === 2`)
	eventually(ctx, t, `document.querySelectorAll('[data-testid="person"]').length === 2`)
	eventually(ctx, t, `document.querySelector('[data-testid="person"][data-id="8:acs:r_kay"]').dataset.role === 'Consumer'`)

	do(ctx, t, chromedp.Click(person("karen")+" "+id("admit-person")))
	if who := rawID(f.wait(ctx, t, "admit", 1)); who != "8:acs:r_karen" {
		t.Errorf("the page admits %q", who)
	}
	do(ctx, t, chromedp.Click(person("joan")+" "+id("refuse-person")))
	if who := rawID(f.wait(ctx, t, "reject", 1)); who != "8:acs:r_joan" {
		t.Errorf("the page refuses %q", who)
	}
	do(ctx, t, chromedp.Click(id("admit-all-button")))
	if _, some := f.wait(ctx, t, "admit", 2)["participants"]; some {
		t.Error("admitting all names somebody")
	}
	do(ctx, t, chromedp.Click(person("kay")+" "+id("return-person")))
	if who := rawID(f.wait(ctx, t, "return", 1)); who != "8:acs:r_kay" {
		t.Errorf("the page sends %q back", who)
	}

	f.say(message{"type": "role", "call": join["call"], "role": "Consumer"})
	eventually(ctx, t, `document.querySelector('[data-testid="mute-button"]').disabled`)
	eventually(ctx, t, `!document.querySelector('[data-testid="remove-person"], [data-testid="end-for-all-button"], [data-testid="add-button"]')`)
	f.wait(ctx, t, "mute", 1)
}

func TestAGuestJoinsByIdAndPasscodeAndWaits(t *testing.T) {
	f := newFakeServer(t)
	ctx := open(t, f)
	signIn(ctx, t, "Ada Lovelace")
	do(ctx, t,
		chromedp.SendKeys(id("group-input"), "123 456 789 012"), chromedp.WaitVisible(id("passcode-input")),
		chromedp.SendKeys(id("passcode-input"), "aB3dE6"), chromedp.Click(id("join-group-button")))
	join := f.wait(ctx, t, "join", 1)
	if join["meetingId"] != "123456789012" || join["passcode"] != "aB3dE6" {
		t.Errorf("the page joins %v", join)
	}
	eventually(ctx, t, inState("Connected"))
	f.say(message{"type": "state", "call": join["call"], "state": "InLobby"})
	do(ctx, t, chromedp.WaitVisible(id("waiting")))
	eventually(ctx, t, `document.querySelector('[data-testid="hold-button"]').disabled`)
	f.say(message{"type": "state", "call": join["call"], "state": "Connected"})
	do(ctx, t, chromedp.WaitVisible(id("people")), chromedp.Click(id("hold-button")))
	eventually(ctx, t, inState("LocalHold"))
	do(ctx, t, chromedp.Click(id("hold-button")))
	f.wait(ctx, t, "resume", 1)
	eventually(ctx, t, inState("Connected"))

	why := message{"code": 408, "subCode": 4506, "message": "Nobody came."}
	f.say(message{"type": "state", "call": join["call"], "state": "Disconnected", "reason": why})
	do(ctx, t, chromedp.WaitVisible(id("ended-view")))
	if got := text(ctx, t, "end-reason"); got != "Nobody let you in" {
		t.Errorf("the page says %q", got)
	}
}

func TestAMeetingLinkOpensThePageWithItselfFilledIn(t *testing.T) {
	f := newFakeServer(t)
	ctx := open(t, f)
	link := f.URL + "/#meeting/abcdefghijklmnopqrstuv"
	do(ctx, t, chromedp.Navigate("about:blank"), chromedp.Navigate(link))
	signIn(ctx, t, "Ada Lovelace")
	do(ctx, t, chromedp.Click(id("join-group-button")))
	if join := f.wait(ctx, t, "join", 1); join["meetingLink"] != link {
		t.Errorf("the page joins %v", join)
	}
}
