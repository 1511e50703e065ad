#!/usr/bin/env bash
# Two applications at one call. Open the softphone as Dana and accept.
set -euo pipefail
source "$(dirname "$0")/../sign.sh"

hooks 200
dana=$(ask POST /identities '{"customId":"Dana"}' | field id)
made=$(ask POST /calling/callConnections "{\"targets\":[{\"rawId\":\"$dana\"}],\"callbackUri\":\"$callback\"}")
first=/calling/callConnections/$(field callConnectionId <<<"$made")
call=$(field serverCallId <<<"$made")
await CallConnected "$first/events"
echo "Dana is in the call $call"

made=$(ask POST /calling/callConnections:connect \
  "{\"callLocator\":{\"kind\":\"serverCallLocator\",\"serverCallId\":\"$call\"},\"callbackUri\":\"$callback\"}")
second=/calling/callConnections/$(field callConnectionId <<<"$made")
await CallConnected "$second/events"
ask POST "$second/participants:add" '{"participantToAdd":{"rawId":"echo"}}' >/dev/null
await AddParticipantSucceeded "$second/events"
echo 'a second application has brought in the echo'

person="$second/participants/${dana//:/%3A}"
ask POST "$second/participants:mute" "{\"targetParticipants\":[{\"rawId\":\"$dana\"}]}" >/dev/null
await '"isMuted":true' "$person"
echo 'Dana is muted'
ask POST "$second/participants:unmute" "{\"targetParticipants\":[{\"rawId\":\"$dana\"}]}" >/dev/null
await '"isMuted":false' "$person"
echo 'and is not any more'

ask POST "$second:hold" "{\"targetParticipant\":{\"rawId\":\"$dana\"}}"
await '"isOnHold":true' "$person"
echo 'Dana is on hold'
ask POST "$second:unhold" "{\"targetParticipant\":{\"rawId\":\"$dana\"}}"
await '"isOnHold":false' "$person"
echo 'and is back'

ask DELETE "$first"
await CallDisconnected "$first/events"
expect active "$(ask GET "/calling/calls/$call" | field state)"
echo 'the first application has left, and the call goes on'

ask POST "$second:terminate"
await CallDisconnected "$second/events"
ask GET "/calling/calls/$call/why" | field summary
