# What the curl examples share: signed requests, and waiting for an event.

endpoint=${BOTD_CONNECTION_STRING#*endpoint=} && endpoint=${endpoint%%;*} && endpoint=${endpoint%/}
host=${endpoint#*://}
key=$(printf %s "${BOTD_CONNECTION_STRING#*accesskey=}" | base64 -d | od -An -v -tx1 | tr -d ' \n')

# ask METHOD PATH [BODY [CURL OPTION...]] signs a request with the access key.
ask() {
  local method=$1 path=$2 body=${3-} version=2026-03-12 date hash signature
  case $path in /identities* | /teamsUser*) version=2023-10-01 ;; /rooms*) version=2025-03-13 ;; esac
  [[ $path == *\?* ]] && path+="&api-version=$version" || path+="?api-version=$version"
  date=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')
  hash=$(printf %s "$body" | openssl dgst -sha256 -binary | base64)
  signature=$(printf '%s\n%s\n%s' "$method" "$path" "$date;$host;$hash" |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
  curl --fail-with-body --silent --show-error --request "$method" "$endpoint$path" \
    --header "x-ms-date: $date" --header "x-ms-content-sha256: $hash" \
    --header "Authorization: HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=$signature" \
    --header 'Content-Type: application/json' --data "$body" "${@:4}"
}

# field NAME takes the first string of that name out of JSON on standard input.
field() { grep -o "\"$1\":\"[^\"]*\"" | sed -n "1s/.*:\"\(.*\)\"/\1/p" | grep .; }

# await PATTERN PATH reads until the answer has the pattern, for a minute.
await() {
  local until=$((SECONDS + 60)) answer
  until answer=$(ask GET "$2") && grep -q -- "$1" <<<"$answer"; do
    ((SECONDS < until)) || { echo "$1 does not come: $2" >&2 && exit 1; }
    sleep 0.2
  done
}

# expect WANT GOT stops the script if they differ.
expect() { [[ $1 == "$2" ]] || { echo "want $1, got $2" >&2 && exit 1; }; }

# hooks STATUS... takes events at $callback: it answers each with the next
# status, and all that follow with the last.
hooks() {
  coproc HOOKS { exec perl "$(dirname "${BASH_SOURCE[0]}")/hooks.pl" "$@"; }
  trap 'kill "$HOOKS_PID"' EXIT
  read -r callback <&"${HOOKS[0]}"
}
