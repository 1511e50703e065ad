#!/usr/bin/env bash
# A room, its list and its lobby. Open the softphone as Dana and join by the link.
set -euo pipefail
source "$(dirname "$0")/../sign.sh"

hooks 200
ann=$(ask POST /identities '{"customId":"Ann"}' | field id)
ben=$(ask POST /identities '{"customId":"Ben"}' | field id)
made=$(ask POST /rooms "{\"participants\":{\"$ann\":{\"role\":\"Presenter\"},\"$ben\":{\"role\":\"Consumer\"}}}")
id=$(field id <<<"$made")
room=/rooms/$id
echo "the room $id is open until $(field validUntil <<<"$made")"
await "$id" /rooms

ask PATCH "$room/participants" "{\"participants\":{\"$ann\":null,\"$ben\":{\"role\":\"Attendee\"}}}" >/dev/null
list=$(ask GET "$room/participants")
expect "$ben" "$(field rawId <<<"$list")"
echo "only Ben is on the list, as $(field role <<<"$list")"

echo "Dana, come to $(field meetingLink <<<"$made")"
await '"participantId"' "$room/lobby"
dana=$(ask GET "$room/lobby" | field rawId)
echo 'Dana waits in the lobby, and hears nobody'

ask POST "$room/lobby/:admit" "{\"participants\":[{\"rawId\":\"$dana\"}]}"
made=$(ask POST /calling/callConnections:connect \
  "{\"callLocator\":{\"kind\":\"roomCallLocator\",\"roomId\":\"$id\"},\"callbackUri\":\"$callback\"}")
connection=/calling/callConnections/$(field callConnectionId <<<"$made")
await "$dana" "$connection/participants"
echo 'Dana is in'

ask POST "$room/lobby/:return" "{\"participants\":[{\"rawId\":\"$dana\"}]}"
await "$dana" "$room/lobby"
echo 'and back in the lobby'
ask POST "$room/lobby/:reject" "{\"participants\":[{\"rawId\":\"$dana\"}]}"
await '"value":\[\]' "$room/lobby"
echo 'and was sent away'
ask POST "$connection:terminate"

ask DELETE "$room"
if ask GET "$room" >/dev/null 2>&1; then
  echo 'the room is still there' >&2
  exit 1
fi
echo 'there is no such room any more'
