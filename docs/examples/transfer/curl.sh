#!/usr/bin/env bash
# A transfer to somebody who has not been asked, and one to somebody who has.
# Open the softphone as Dana and accept, twice.
set -euo pipefail
source "$(dirname "$0")/../sign.sh"

hooks 200
dana=$(ask POST /identities '{"customId":"Dana"}' | field id)

# place WHO calls somebody and waits until they are there.
place() {
  made=$(ask POST /calling/callConnections "{\"targets\":[{\"rawId\":\"$1\"}],\"callbackUri\":\"$callback\"}")
  id=$(field callConnectionId <<<"$made")
  await CallConnected "/calling/callConnections/$id/events"
}

place "$dana"
blind=/calling/callConnections/$id
call=$(field serverCallId <<<"$made")
ask POST "$blind:transferToParticipant" '{"targetParticipant":{"rawId":"menu"}}' >/dev/null
await CallTransferAccepted "$blind/events"
await CallDisconnected "$blind/events"
await '"rawId":"menu"' "/calling/calls/$call"
echo 'Dana talks to the menu, and the application is out of it'
made=$(ask POST /calling/callConnections:connect \
  "{\"callLocator\":{\"kind\":\"serverCallLocator\",\"serverCallId\":\"$call\"},\"callbackUri\":\"$callback\"}")
again=/calling/callConnections/$(field callConnectionId <<<"$made")
await CallConnected "$again/events"
ask POST "$again:terminate"

place echo
asked=$id
echo 'the echo has been asked'
place "$dana"
consulted=/calling/callConnections/$id
ask POST "$consulted:transferToParticipant" "{\"targetCall\":{\"callConnectionId\":\"$asked\"}}" >/dev/null
await CallTransferAccepted "$consulted/events"
await "$dana" "/calling/callConnections/$asked/participants"
echo 'Dana is in the call with the echo'

ask POST "/calling/callConnections/$asked:terminate"
await CallDisconnected "/calling/callConnections/$asked/events"
echo 'and all of it is over'
