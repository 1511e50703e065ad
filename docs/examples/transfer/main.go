// Command transfer hands a person to somebody who has not been asked, and to
// somebody who has. Open the softphone as Dana and accept, twice.
package main

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/docs/examples/client"
)

func main() { client.Main(transfer) }

func transfer(ctx context.Context, s *client.Server) error {
	callback, err := client.Hooks(ctx, client.Taken)
	if err != nil {
		return err
	}
	dana, err := s.Named(ctx, "Dana")
	if err != nil {
		return err
	}
	blind, err := s.Call(ctx, dana, callback)
	if err != nil {
		return err
	}
	menu := client.Map{"targetParticipant": client.Map{"rawId": "menu"}}
	if err := s.Do(
		ctx,
		client.Post(blind.Path+":transferToParticipant", menu, blind.Log, ".CallTransferAccepted", "Dana is handed to the menu"),
		client.See(blind.Log, ".CallDisconnected", "and the application is out of the call"),
	); err != nil {
		return err
	}
	again, err := s.Join(ctx, blind.ServerCallID, callback)
	if err != nil {
		return err
	}
	if err := s.Ask(ctx, "POST", again.Path+":terminate", nil, nil); err != nil {
		return err
	}

	asked, err := s.Call(ctx, "echo", callback)
	if err != nil {
		return err
	}
	fmt.Println("the echo has been asked")
	consulted, err := s.Call(ctx, dana, callback)
	if err != nil {
		return err
	}
	there := client.Map{"targetCall": client.Map{"callConnectionId": asked.CallConnectionID}}
	return s.Do(
		ctx,
		client.Post(consulted.Path+":transferToParticipant", there, consulted.Log, ".CallTransferAccepted", "Dana is handed over"),
		client.See(asked.Path+"/participants", dana, "and in the call with the echo"),
		client.Post(asked.Path+":terminate", nil, asked.Log, ".CallDisconnected", "and all of it is over"),
	)
}
