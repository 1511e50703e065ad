#!/usr/bin/env bash
# A user, their tokens and the end of both, with curl and openssl.
set -euo pipefail

source "$(dirname "$0")/../sign.sh"

# status TOKEN is what REST answers to a user's token: 403 while it is good, for
# it opens no REST, and 401 when it is not.
status() {
  curl --silent --show-error --output /dev/null --write-out '%{http_code}' --request POST \
    --header "Authorization: Bearer $1" "$endpoint/identities?api-version=2023-10-01"
}

made=$(ask POST /identities '{"createTokenWithScopes":["voip"],"expiresInMinutes":60}')
user=$(field id <<<"$made")
token=$(field token <<<"$made")
echo "$user may call until $(field expiresOn <<<"$made")"
expect 403 "$(status "$token")"

path=/identities/${user//:/%3A}
guest=$(ask POST "$path/:issueAccessToken" '{"scopes":["voip.join"]}' | field token)
echo 'the same user has a second token, which only lets them join'

ask POST "$path/:revokeAccessTokens"
expect 401 "$(status "$token")"
expect 401 "$(status "$guest")"
echo 'both are revoked'

if [[ -n ${COMPANY_TOKEN-} ]]; then
  body="{\"token\":\"$COMPANY_TOKEN\",\"appId\":\"$COMPANY_APP_ID\",\"userId\":\"$COMPANY_USER_ID\"}"
  exchanged=$(ask POST /teamsUser/:exchangeAccessToken "$body")
  echo "8:orgid:$COMPANY_USER_ID may call until $(field expiresOn <<<"$exchanged")"
fi

ask DELETE "$path"
if ask POST "$path/:issueAccessToken" '{"scopes":["voip"]}' >/dev/null 2>&1; then
  echo 'the user is still there' >&2
  exit 1
fi
echo 'and the user is gone'
