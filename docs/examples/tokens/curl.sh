#!/usr/bin/env bash
# A user, their tokens and the end of both, with curl and openssl.
set -euo pipefail

endpoint=${BOTD_CONNECTION_STRING#*endpoint=} && endpoint=${endpoint%%;*} && endpoint=${endpoint%/}
host=${endpoint#*://}
key=$(printf %s "${BOTD_CONNECTION_STRING#*accesskey=}" | base64 -d | od -An -tx1 | tr -d ' \n')
version='api-version=2023-10-01'

# ask METHOD PATH [BODY] signs a request with the access key.
ask() {
  local method=$1 path=$2 body=${3-} date hash signature
  date=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')
  hash=$(printf %s "$body" | openssl dgst -sha256 -binary | base64)
  signature=$(printf '%s\n%s\n%s' "$method" "$path" "$date;$host;$hash" |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
  curl --fail-with-body --silent --show-error --request "$method" "$endpoint$path" \
    --header "x-ms-date: $date" --header "x-ms-content-sha256: $hash" \
    --header "Authorization: HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=$signature" \
    --header 'Content-Type: application/json' --data "$body"
}

# field NAME takes a string out of the JSON on standard input.
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | grep .; }

# status TOKEN is what REST answers to a user's token: 403 while it is good, for
# it opens no REST, and 401 when it is not.
status() {
  curl --silent --show-error --output /dev/null --write-out '%{http_code}' --request POST \
    --header "Authorization: Bearer $1" "$endpoint/identities?$version"
}

# expect WANT GOT stops the script if they differ.
expect() { [[ $1 == "$2" ]] || { echo "want $1, got $2" >&2; exit 1; }; }

made=$(ask POST "/identities?$version" '{"createTokenWithScopes":["voip"],"expiresInMinutes":60}')
user=$(field id <<<"$made")
token=$(field token <<<"$made")
echo "$user may call until $(field expiresOn <<<"$made")"
expect 403 "$(status "$token")"

path=/identities/${user//:/%3A}
guest=$(ask POST "$path/:issueAccessToken?$version" '{"scopes":["voip.join"]}' | field token)
echo 'the same user has a second token, which only lets them join'

ask POST "$path/:revokeAccessTokens?$version"
expect 401 "$(status "$token")"
expect 401 "$(status "$guest")"
echo 'both are revoked'

if [[ -n ${COMPANY_TOKEN-} ]]; then
  body="{\"token\":\"$COMPANY_TOKEN\",\"appId\":\"$COMPANY_APP_ID\",\"userId\":\"$COMPANY_USER_ID\"}"
  exchanged=$(ask POST "/teamsUser/:exchangeAccessToken?$version" "$body")
  echo "8:orgid:$COMPANY_USER_ID may call until $(field expiresOn <<<"$exchanged")"
fi

ask DELETE "$path?$version"
if ask POST "$path/:issueAccessToken?$version" '{"scopes":["voip"]}' >/dev/null 2>&1; then
  echo 'the user is still there' >&2
  exit 1
fi
echo 'and the user is gone'
