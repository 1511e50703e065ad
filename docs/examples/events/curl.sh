#!/usr/bin/env bash
# The log of a call: read, followed, left, taken up again; and an event told late.
set -euo pipefail
source "$(dirname "$0")/../sign.sh"

hooks 410 200 # an application that has gone away, and comes back
made=$(ask POST /calling/callConnections "{\"targets\":[{\"rawId\":\"echo\"}],\"callbackUri\":\"$callback\"}")
connection=/calling/callConnections/$(field callConnectionId <<<"$made")

await ParticipantsUpdated "$connection/events"
echo 'so far:'
ask GET "$connection/events" | grep -o '"type":"[^"]*"' | sed 's/.*:/  /'

# follow LAST prints the log as it grows, from behind LAST on, for two seconds.
follow() {
  ask GET "$connection/events" '' --no-buffer --max-time 2 \
    --header 'Accept: text/event-stream' --header "Last-Event-ID: $1" 2>/dev/null || (($? == 28))
}

echo 'as a stream:'
stream=$(follow 0)
sed -n 's/^event: /  /p' <<<"$stream"
last=$(sed -n 's/^id: //p' <<<"$stream" | tail -n 1)

ask DELETE "$connection"
echo "what came behind $last:"
stream=$(follow "$last")
sed -n 's/^event: /  /p' <<<"$stream"
grep -q CallDisconnected <<<"$stream"
expect $((last + 1)) "$(sed -n 's/^id: //p' <<<"$stream" | head -n 1)"

letters=/webhooks/deadLetters
await "$callback" "$letters?limit=1000"
letter=$(ask GET "$letters?limit=1000" | sed 's/},{/\n/g' | grep "$callback")
echo "not told: $(field type <<<"$letter"), because $(field reason <<<"$letter")"
ask POST "$letters/$(field id <<<"$letter"):redeliver"
read -r refused <&"${HOOKS[0]}"
read -r taken <&"${HOOKS[0]}"
expect "${refused/410/200}" "$taken"
echo "told now: ${taken#* }"
