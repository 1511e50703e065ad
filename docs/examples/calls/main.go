// Command calls has two applications at one call. Open the softphone as Dana
// and accept.
package main

import (
	"context"
	"fmt"
	"net/url"

	"github.com/botd-dev/botd/docs/examples/client"
)

func main() { client.Main(calls) }

func calls(ctx context.Context, s *client.Server) error {
	callback, err := client.Hooks(ctx, client.Taken)
	if err != nil {
		return err
	}
	dana, err := s.Named(ctx, "Dana")
	if err != nil {
		return err
	}
	first, err := s.Call(ctx, dana, callback)
	if err != nil {
		return err
	}
	fmt.Println("Dana is in the call", first.ServerCallID)
	second, err := s.Join(ctx, first.ServerCallID, callback)
	if err != nil {
		return err
	}

	one := client.Map{"targetParticipant": client.Map{"rawId": dana}}
	some := client.Map{"targetParticipants": []client.Map{{"rawId": dana}}}
	echo := client.Map{"participantToAdd": client.Map{"rawId": "echo"}}
	people, call := second.Path+"/participants", "/calling/calls/"+first.ServerCallID
	person := people + "/" + url.PathEscape(dana)
	if err := s.Do(
		ctx,
		client.Post(people+":add", echo, second.Log, ".AddParticipantSucceeded", "a second application has brought in the echo"),
		client.Post(people+":mute", some, person, `"isMuted":true`, "Dana is muted"),
		client.Post(people+":unmute", some, person, `"isMuted":false`, "and is not any more"),
		client.Post(second.Path+":hold", one, person, `"isOnHold":true`, "Dana is on hold"),
		client.Post(second.Path+":unhold", one, person, `"isOnHold":false`, "and is back"),
		client.Delete(first.Path, first.Log, ".CallDisconnected", "the first application has left"),
		client.See(call, `"state":"active"`, "and the call goes on"),
		client.Post(second.Path+":terminate", nil, second.Log, ".CallDisconnected", "until the second ends it"),
	); err != nil {
		return err
	}
	var why struct{ Summary string }
	err = s.Ask(ctx, "GET", call+"/why", nil, &why)
	fmt.Println(why.Summary)
	return err
}
