// Command rooms makes a room, changes its list and keeps its lobby. Open the
// softphone as Dana and join by the link.
package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/botd-dev/botd/docs/examples/client"
)

func main() { client.Main(rooms) }

func rooms(ctx context.Context, s *client.Server) error {
	ann, err := s.Named(ctx, "Ann")
	if err != nil {
		return err
	}
	dana, err := s.Named(ctx, "Dana")
	if err != nil {
		return err
	}
	list := func(role any) client.Map { return client.Map{"participants": client.Map{ann: role}} }
	var made struct{ ID, ValidUntil, MeetingLink string }
	if err := s.Ask(ctx, "POST", "/rooms", list(client.Map{"role": "Presenter"}), &made); err != nil {
		return err
	}
	fmt.Println("the room", made.ID, "is open until", made.ValidUntil)

	room := "/rooms/" + made.ID
	people, lobby := room+"/participants", room+"/lobby"
	who := client.Map{"participants": []client.Map{{"rawId": dana}}}
	if err := s.Do(
		ctx,
		client.See("/rooms", made.ID, "it is on the list of rooms"),
		client.Patch(people, list(client.Map{"role": "Consumer"}), people, `"Consumer"`, "Ann may only listen"),
		client.Patch(people, list(nil), people, `"value":[]`, "and is not on the room's list any more"),
		client.See(room, made.MeetingLink, "Dana, come to "+made.MeetingLink),
		client.See(lobby, dana, "Dana waits in the lobby, and hears nobody"),
		client.Post(lobby+"/:admit", who, lobby, `"value":[]`, "Dana is in"),
		client.Post(lobby+"/:return", who, lobby, dana, "and back in the lobby"),
		client.Post(lobby+"/:reject", who, lobby, `"value":[]`, "and was sent away"),
	); err != nil {
		return err
	}
	if err := s.Ask(ctx, "DELETE", room, nil, nil); err != nil {
		return err
	}
	if s.Ask(ctx, "GET", room, nil, nil) == nil {
		return errors.New("the room is still there")
	}
	fmt.Println("there is no such room any more")
	return nil
}
