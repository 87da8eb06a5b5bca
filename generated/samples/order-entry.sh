#!/bin/sh
# sh order-entry.sh    needs curl and jq; the values may hold any printable ASCII
# Experimental: its reply is known from a Java client only, nobody is known to have tried it, and what `settlor` and `source` should be for an API user is not known.

set -eu
LC_ALL=C
for value in "$TORUS_ACCESS_TOKEN"; do
  case $value in '' | *[!\ -~]*) echo "orderEntry: a value is empty, or not printable ASCII" >&2; exit 2 ;; esac
done

# Quoted for curl's configuration.
quoted() { printf '"%s"' "$(printf '%s\n' "$1" | sed 's/[\\"]/\\&/g')"; }
body='{"source":"M","data":{"txn_type":"B","exchange":"NSE","segment":"E","product":"I","security_id":"14366","quantity":"1","price":"0.00","validity":"DAY","order_type":"MKT","disc_quantity":"0","trigger_price":"0.00","off_mkt_flag":"false","remarks":"502929","mkt_type":"NL","settlor":"X","group_id":"1"}}'

# Whoever lists the processes sees no secret: curl reads them from its standard input.
# There is no --location: a redirect would carry them elsewhere. --disable is for the same: a ~/.curlrc may ask for it.
# And no --retry: the first attempt may have been served.
reply=$(
  printf '%s\n' "header = $(quoted "Authorization: Bearer $TORUS_ACCESS_TOKEN")" "data = $(quoted "$body")" |
    curl --disable --silent --show-error --max-time 10 --config - \
      --header "Content-Type: application/json" \
      --write-out '%{http_code}' \
      "${TORUS_BASE_URL:-https://connects.torusdigital.com/api/v1}"'/order/entry'
)
status=${reply#"${reply%???}"}
[ "$status" = 200 ] || { echo "orderEntry: HTTP $status" >&2; exit 1; }
printf %s "${reply%???}" | jq --exit-status '.status | IN("success")' >/dev/null ||
  { echo "orderEntry: the reply says no success: look whether there was an effect" >&2; exit 1; }
printf '%s\n' "${reply%???}"
