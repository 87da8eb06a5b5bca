#!/bin/sh
# Trades a request token for an access token with curl, and reads the account with that.
#
# Reads TORUS_BASE_URL, TORUS_API_KEY, TORUS_API_SECRET and TORUS_REQUEST_TOKEN, and prints the access token alone.
# The exit code says what became of the request token: 0 traded, 3 not sent, 4 refused, 5 unknown.
#
# With the argument `account` it prints no token, but what it reads with it: one field of each kind that the document
# calls lenient, as lines of JSON. The exit code is 6 where the account cannot be read.
#
# With the argument `orderEntry` it sends the order in TORUS_ORDER with the access token in TORUS_ACCESS_TOKEN, once, and
# prints its number; with `holdings` it prints the ISIN of the first holding. The exit code says what became of that.
#
# The secrets go to curl on standard input, because every user of a machine can read the arguments of a process.
# There is no --location: a redirect would carry the secret and the token elsewhere.
set -u

not_sent=3 refused=4 unknown=5 not_read=6

# Sends a request by the configuration $1. Leaves the body of the reply in $reply, and in $outcome what became of the
# request: 0 for a 200.
send() {
  # The reply, and below it what curl knows of it. That the transfer began means that the request may have been sent.
  reply=$(printf '%s\n' "$1" | curl --disable --config - --silent --show-error --globoff \
    --proto '=http,https' --connect-timeout 5 --max-time 10 --max-filesize 16777216 \
    --write-out '\n%{http_code} %{time_pretransfer} %header{retry-after}')
  failed=$?
  read -r status began retry_after <<END
$(printf '%s\n' "$reply" | tail -n 1)
END
  reply=$(printf '%s\n' "$reply" | sed '$d')
  case $failed:$status:$began in
    0:200:*) outcome=0 ;;
    0:[34]*) outcome=$refused ;;
    0:503:*) [ -z "$retry_after" ] && outcome=$unknown || outcome=$refused ;;
    0:*) outcome=$unknown ;;
    *:0.000000) outcome=$not_sent ;;
    *) outcome=$unknown ;;
  esac
}

# Prints the configuration of an account call: $1 is its path, $2 its body, $3 the access token.
account_call() {
  printf '%s' "$3" | jq --raw-input --slurp --raw-output --arg path "$1" --arg body "$2" '
    if test("[[:cntrl:]]") then error("the access token has a control character") else empty end,
    "url = \(env.TORUS_BASE_URL + $path | tojson)",
    "header = \("Authorization: Bearer \(.)" | tojson)",
    "header = \("Content-Type: application/json" | tojson)",
    "data-raw = \($body | tojson)"
  '
}

# Prints what the jq program $1 finds in the reply, and ends.
print_found() {
  found=$(printf '%s\n' "$reply" | jq --raw-output "$1") && [ -n "$found" ] || exit $unknown
  printf '%s\n' "$found"
  exit
}

case ${1-} in
  orderEntry)
    order=$(jq --null-input --compact-output '{source: "M", data: env.TORUS_ORDER | fromjson}') || exit $not_sent
    send "$(account_call /order/entry "$order" "$TORUS_ACCESS_TOKEN")"
    # A redirect may point to what came of it; a 503 may come after it; one with its number is none.
    case $outcome:$status:$reply in
      0:*) ;;
      $refused:30[0-3]:* | $refused:503:* | $refused:*:*'"order_no"'*) exit $unknown ;;
      *) exit $outcome ;;
    esac
    print_found 'select(.status == "success") | .data[0].order_no // empty'
    ;;
  holdings)
    send "$(account_call /holdings/ '{"source": "N"}' "$TORUS_ACCESS_TOKEN")"
    [ $outcome = 0 ] || exit $outcome
    print_found '.data[0].isin_code // empty'
    ;;
esac

# jq quotes: once for JSON, once for curl's configuration. A control character in a header would begin another one.
configuration=$(jq --null-input --raw-output '
  def required($name): (env[$name] | select(. != null and . != "")) // error("\($name) is not set");
  required("TORUS_REQUEST_TOKEN") as $token
  | if $token | test("[[:cntrl:]]") then error("TORUS_REQUEST_TOKEN has a control character") else empty end,
    "url = \("\(required("TORUS_BASE_URL"))/session/generate" | tojson)",
    "header = \("Token: \($token)" | tojson)",
    "header = \("Content-Type: application/json" | tojson)",
    "data-raw = \({API_KEY: required("TORUS_API_KEY"), API_SECRET: required("TORUS_API_SECRET")} | tojson | tojson)"
') || exit $not_sent

send "$configuration"
[ $outcome = 0 ] || exit $outcome

access_token=$(printf '%s\n' "$reply" | iconv -f UTF-8 -t UTF-8 | jq --slurp --raw-output '
  (select(length == 1) | .[0].AccessToken | strings | select(. != "")) // error("no access token in the reply")
') || exit $unknown

if [ "${1-}" != account ]; then
  printf '%s\n' "$access_token"
  exit
fi

send "$(account_call /holdings/ '{"source": "N"}' "$access_token")"
holdings=$reply
[ $outcome = 0 ] && send "$(account_call /order/book '{"source": "N"}' "$access_token")"
[ $outcome = 0 ] || exit $not_read
printf '%s\n' "$holdings" "$reply" | jq --slurp --compact-output '
  .[0].data[0] as $holding | .[1].data[0] as $order
  | {kind: "id", field: "nse_security_id", value: $holding.nse_security_id},
    {kind: "decimal", field: "cost_price", value: $holding.cost_price},
    {kind: "integer", field: "nse_tick_size", value: $holding.nse_tick_size},
    {kind: "india-datetime", field: "order_date_time", value: $order.order_date_time},
    {kind: "india-date", field: "good_till_days_date", value: $order.good_till_days_date}
' || exit $not_read
