#!/bin/sh
# Trades a request token for an access token with curl.
#
# Reads TORUS_BASE_URL, TORUS_API_KEY, TORUS_API_SECRET and TORUS_REQUEST_TOKEN, and prints the access token alone.
# The exit code says what became of the request token: 0 traded, 3 not sent, 4 refused, 5 unknown.
#
# The secrets go to curl on standard input, because every user of a machine can read the arguments of a process.
# There is no --location: a redirect would carry the secret and the token elsewhere.
set -u

not_sent=3 refused=4 unknown=5

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

# The reply, and below it what curl knows of it. That the transfer began means that the request may have been sent.
reply=$(printf '%s\n' "$configuration" | curl --disable --config - --silent --show-error --globoff \
  --proto '=http,https' --connect-timeout 5 --max-time 10 --max-filesize 1048576 \
  --write-out '\n%{http_code} %{time_pretransfer} %header{retry-after}')
failed=$?
read -r status began retry_after <<END
$(printf '%s\n' "$reply" | tail -n 1)
END

case $failed:$status:$began in
  0:200:*) ;;
  0:[34]*) exit $refused ;;
  0:503:*) [ -z "$retry_after" ] || exit $refused; exit $unknown ;;
  0:*) exit $unknown ;;
  *:0.000000) exit $not_sent ;;
  *) exit $unknown ;;
esac

printf '%s\n' "$reply" | sed '$d' | iconv -f UTF-8 -t UTF-8 | jq --slurp --raw-output '
  (select(length == 1) | .[0].AccessToken | strings | select(. != "")) // error("no access token in the reply")
' || exit $unknown
