#!/bin/sh
# sh search-stocks.sh    needs curl and jq
set -eu

reply=$(
  curl --disable --silent --show-error --max-time 10 \
    --write-out '%{http_code}' \
    "${TORUS_BASE_URL:-https://connects.torusdigital.com/api/v1}"'/stocks?query=TCS&page=1&limit=10'
)
status=${reply#"${reply%???}"}
[ "$status" = 200 ] || { echo "searchStocks: HTTP $status" >&2; exit 1; }
printf %s "${reply%???}" | jq --exit-status . >/dev/null || { echo "searchStocks: the reply is not JSON" >&2; exit 1; }
printf '%s\n' "${reply%???}"
