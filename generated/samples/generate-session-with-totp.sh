#!/bin/sh
# sh generate-session-with-totp.sh    needs curl and jq; the values may hold any printable ASCII
set -eu
LC_ALL=C
for value in "$TORUS_API_KEY" "$TORUS_TOTP"; do
  case $value in '' | *[!\ -~]*) echo "generateSessionWithTotp: a value is empty, or not printable ASCII" >&2; exit 2 ;; esac
done
printf '%s\n' "$TORUS_TOTP" | grep -Eq '^[0-9]{6,8}$' ||
  { echo "generateSessionWithTotp: TORUS_TOTP does not match "'^[0-9]{6,8}$' >&2; exit 2; }

# Quoted for JSON, and as curl's configuration is quoted: the same rule serves both.
quoted() { printf '"%s"' "$(printf '%s\n' "$1" | sed 's/[\\"]/\\&/g')"; }
body="{\"API_KEY\":$(quoted "$TORUS_API_KEY"),\"TOTP\":$(quoted "$TORUS_TOTP")}"

# Whoever lists the processes sees no secret: curl reads them from its standard input.
# There is no --location: a redirect would carry them elsewhere. --disable is for the same: a ~/.curlrc may ask for it.
# And no --retry: the first attempt may have used the code.
reply=$(
  printf '%s\n' "data = $(quoted "$body")" |
    curl --disable --silent --show-error --max-time 10 --config - \
      --header "Content-Type: application/json" \
      --write-out '%{http_code}' \
      "${TORUS_TOTP_BASE_URL:-https://oapi-cug.torusdigital.com/api/v1}"'/session/totp/generate'
)
status=${reply#"${reply%???}"}
[ "$status" = 200 ] || { echo "generateSessionWithTotp: HTTP $status" >&2; exit 1; }
printf %s "${reply%???}" | jq --exit-status --raw-output '.AccessToken | strings | select(. != "")' ||
  { echo "generateSessionWithTotp: the reply holds no AccessToken" >&2; exit 1; }
