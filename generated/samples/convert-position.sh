#!/bin/sh
# sh convert-position.sh    needs curl and jq; the values may hold any printable ASCII
# Experimental: it acts on the user's money, nobody is known to have tried it, and one sample of its reply is all that is known.

set -eu
LC_ALL=C
for value in "$TORUS_ACCESS_TOKEN"; do
  case $value in '' | *[!\ -~]*) echo "convertPosition: a value is empty, or not printable ASCII" >&2; exit 2 ;; esac
done

# Quoted for curl's configuration.
quoted() { printf '"%s"' "$(printf '%s\n' "$1" | sed 's/[\\"]/\\&/g')"; }
body='{"source":"N","data":{"exchange":"NSE","segment":"E","security_id":"14366","quantity":1,"txn_type":"B","mkt_type":"NL","product_from":"I","product_to":"C","user_type":"C"}}'

# Whoever lists the processes sees no secret: curl reads them from its standard input.
# There is no --location: a redirect would carry them elsewhere. --disable is for the same: a ~/.curlrc may ask for it.
# And no --retry: the first attempt may have been served.
reply=$(
  printf '%s\n' "header = $(quoted "Authorization: Bearer $TORUS_ACCESS_TOKEN")" "data = $(quoted "$body")" |
    curl --disable --silent --show-error --max-time 10 --config - \
      --header "Content-Type: application/json" \
      --write-out '%{http_code}' \
      "${TORUS_BASE_URL:-https://connects.torusdigital.com/api/v1}"'/order/convert/delivery'
)
status=${reply#"${reply%???}"}
[ "$status" = 200 ] || { echo "convertPosition: HTTP $status" >&2; exit 1; }
printf %s "${reply%???}" | jq --exit-status '.status | IN("success")' >/dev/null ||
  { echo "convertPosition: the reply says no success: look whether there was an effect" >&2; exit 1; }
printf '%s\n' "${reply%???}"
