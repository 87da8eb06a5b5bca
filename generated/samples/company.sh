#!/bin/sh
# sh company.sh    needs curl and jq
set -eu

reply=$(
  curl --disable --silent --show-error --max-time 10 \
    --write-out '%{http_code}' \
    "${TORUS_BASE_URL:-https://connects.torusdigital.com/api/v1}"'/stocks/tata-consultancy-services-ltd'
)
status=${reply#"${reply%???}"}
[ "$status" = 200 ] || { echo "company: HTTP $status" >&2; exit 1; }
printf %s "${reply%???}" | jq --exit-status . >/dev/null || { echo "company: the reply is not JSON" >&2; exit 1; }
printf '%s\n' "${reply%???}"
