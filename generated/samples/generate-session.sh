#!/bin/sh
# sh generate-session.sh    needs curl and jq; the values may hold any printable ASCII
set -eu
LC_ALL=C
for value in "$TORUS_API_KEY" "$TORUS_API_SECRET" "$TORUS_REQUEST_TOKEN"; do
  case $value in '' | *[!\ -~]*) echo "generateSession: a value is empty, or not printable ASCII" >&2; exit 2 ;; esac
done

# Quoted for JSON, and as curl's configuration is quoted: the same rule serves both.
quoted() { printf '"%s"' "$(printf '%s\n' "$1" | sed 's/[\\"]/\\&/g')"; }
body="{\"API_KEY\":$(quoted "$TORUS_API_KEY"),\"API_SECRET\":$(quoted "$TORUS_API_SECRET")}"

# Whoever lists the processes sees no secret: curl reads them from its standard input.
# There is no --location: a redirect would carry them elsewhere. --disable is for the same: a ~/.curlrc may ask for it.
# And no --retry: the first attempt may have used the request token.
reply=$(
  printf '%s\n' "header = $(quoted "Token: $TORUS_REQUEST_TOKEN")" "data = $(quoted "$body")" |
    curl --disable --silent --show-error --max-time 10 --config - \
      --header "Content-Type: application/json" \
      --write-out '%{http_code}' \
      "${TORUS_BASE_URL:-https://connects.torusdigital.com/api/v1}"'/session/generate'
)
status=${reply#"${reply%???}"}
[ "$status" = 200 ] || { echo "generateSession: HTTP $status" >&2; exit 1; }
printf %s "${reply%???}" | jq --exit-status --raw-output '.AccessToken | strings | select(. != "")' ||
  { echo "generateSession: the reply holds no AccessToken" >&2; exit 1; }
