"""The fault matrix: what a listener does, and what must come of it."""

from __future__ import annotations

import gzip
import json

from faults import behaviours as do
from faults import places
from faults.behaviours import (
    ECHO,
    ECHO_HTML,
    GIB,
    GOOD,
    GOOD_REPLY,
    LEAKY,
    OF_ANOTHER,
    ORDER_NO,
    TOKEN_ALONE,
    ends,
    said,
)
from faults.places import between_two_calls, encrypted, plain, proxied, raw_behind_https, redirect
from faults.planted import ACCESS_TOKEN, PROXY_PASSWORD
from faults.row import REFUSED, UNKNOWN, Row, answered, lost, no_connection, too_large, unusable, unusable_200, works
from support.raw_server import Behaviour, Connection, answer, reply

import torus_connect as torus
from torus_connect.reply import MAX_REPLY_BYTES

TLS = places.server_context()
TOKEN = ACCESS_TOKEN.encode()
QUOTED = json.dumps(ACCESS_TOKEN).encode()
JSON_ESCAPED = "".join(f"\\u{ord(letter):04x}" for letter in ACCESS_TOKEN).encode()
SHORT = {"timeout": 0.3}
SHORT_CONNECT = {"connect_timeout": 0.2}
OTHER_REPLY = said("200", OF_ANOTHER)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS_HEAD = said("200").partition(b"\r\n")[0] + b"\r\n"
LARGE_HEAD = reply(b"", headers=LEAKY).replace(b"Content-Length: 0", b"Content-Length: %d" % GIB)
BLANK = GOOD.ljust(64 * 1024)
NINES = b"9" * 30
ONE_MIB = GOOD.ljust(MAX_REPLY_BYTES)
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n" + "\r\n".join(LEAKY).encode() + b"\r\n\r\n"


def zipped(body: bytes) -> bytes:
    return said("200", gzip.compress(body), ("Content-Encoding: gzip",))


CONNECTING = [
    no_connection("name not found", places.unknown_name, "", within=20),  # the system's resolver takes its own time
    no_connection("port closed", places.closed_port, "Connect"),
    no_connection(
        "connect never completes", places.full_backlog, "it took longer than its timeout", options=SHORT_CONNECT
    ),
    no_connection(
        "TLS untrusted",
        encrypted(answer(GOOD_REPLY), trusted=False),
        "certificate verify failed: unable to get local issuer certificate",
        connections=3,
    ),
    no_connection(
        "TLS wrong host",
        encrypted(answer(GOOD_REPLY), name="elsewhere.test"),
        "certificate verify failed: IP address mismatch",
        connections=3,
    ),
    no_connection(
        "TLS expired",
        encrypted(answer(GOOD_REPLY), expired=True),
        "certificate verify failed: certificate has expired",
        connections=3,
    ),
    no_connection("plain HTTP on the TLS port", raw_behind_https(do.plain_reply_to_a_handshake), "", connections=3),
    no_connection(
        "TLS handshake stalls",
        raw_behind_https(do.stall),
        "it took longer than its timeout",
        connections=3,
        options=SHORT_CONNECT,
    ),
    no_connection("TLS handshake is cut", raw_behind_https(do.closes), "", connections=3),
    no_connection(
        "TLS handshake stalls, and the budget ends",
        raw_behind_https(do.stall),
        "it took longer than its timeout",
        connections=1,
        attempts=1,
        options={"total_timeout": 0.3},
    ),
    works("port closed, then open", places.late_listener, attempts=2),
    works(
        "TLS handshake is cut, then completes",
        raw_behind_https(do.on_first_connection(do.closes, then=do.encrypt(answer(GOOD_REPLY), TLS))),
        attempts=2,
        connections=2,
    ),
    lost(
        "TLS handshake is cut, then silence",
        raw_behind_https(do.on_first_connection(do.closes, then=do.encrypt(do.silence, TLS))),
        attempts=2,
        connections=2,
        options=SHORT,
    ),
]

PROXIES = [
    works("through a proxy", proxied(answer(GOOD_REPLY)), connects=1),
    no_connection(
        "proxy answers 403",
        proxied(answer(GOOD_REPLY), refuse=f"403 {PROXY_PASSWORD}"),
        "the proxy answered 403",
        connects=3,
    ),
    no_connection(
        "proxy answers 407",
        proxied(answer(GOOD_REPLY), refuse=f"407 {PROXY_PASSWORD}"),
        "the proxy answered 407",
        connects=3,
    ),
    no_connection("proxy closes", proxied(answer(GOOD_REPLY), refuse=""), "", connects=3),
    no_connection(
        "proxy is silent",
        proxied(answer(GOOD_REPLY), instead=do.silence),
        "it took longer than its timeout",
        connects=3,
        options=SHORT,
    ),
    no_connection(
        "proxy talks garbage",
        proxied(answer(GOOD_REPLY), instead=ends(PROXY_PASSWORD.encode() + b"\r\n\r\n")),
        "",
        connects=3,
    ),
    no_connection(
        "proxy opens a tunnel to nowhere",
        proxied(answer(GOOD_REPLY), instead=ends(b"HTTP/1.1 200 OK\r\n\r\n")),
        "",
        connects=3,
    ),
    lost("silence behind a proxy", proxied(do.silence), connects=1, options=SHORT),
    lost("end behind a proxy", proxied(ends(b"")), connects=1),
]

LOST = [
    lost("reset before the request is read", plain(do.reset_at_once), whole=0),
    lost("reset after", plain(do.reset_after_reading)),
    lost("end after", plain(ends(b""))),
    lost("silence after the request", plain(do.silence), options=SHORT),
    lost("silence after the request, TLS", encrypted(do.silence), options=SHORT),
    lost("silence after the request, and the budget ends", plain(do.silence), options={"total_timeout": 0.3}),
    lost("head dripped a byte at a time", plain(do.drip), options=SHORT),
    lost("body dripped a byte at a time", plain(do.drip_the_body), options=SHORT, status=200),
    lost("headers cut short", plain(ends(GOOD_REPLY[:40]))),
    lost("body shorter than Content-Length", plain(ends(GOOD_REPLY[:-5])), status=200, content=GOOD[:-5]),
    lost("no body at all", plain(ends(GOOD_REPLY[: -len(GOOD)])), status=200, content=b""),
    lost("chunked body cut", plain(ends(CHUNKED + b"40\r\n" + GOOD[:20])), status=200, content=GOOD[:20]),
    lost(
        "chunked body without its end",
        plain(ends(CHUNKED + b"%x\r\n%s\r\n" % (len(GOOD), GOOD))),
        status=200,
        content=GOOD,
    ),
    lost("garbage instead of a chunk", plain(ends(CHUNKED + b"4\r\n{   \r\n" + TOKEN)), status=200),
    lost("reset in the body", plain(do.sends_and_resets(GOOD_REPLY[:-5])), status=200),
    lost("garbage instead of HTTP", plain(ends(TOKEN + b"\r\n\r\n"))),
    lost("a status line of its own", plain(ends(b"HTTP/1.1 twohundred " + TOKEN + b"\r\n\r\n"))),
    lost("a status below 100", plain(ends(GOOD_REPLY.replace(b" 200 ", b" 099 ")))),
    lost("a header of its own", plain(ends(GOOD_REPLY.replace(b"X-Echo:", b"X Echo ")))),
    lost("101", plain(ends(said("101")))),
    lost("two lengths", plain(ends(said("200", headers=("Content-Length: 7",))))),
    lost("a 1 MiB header", plain(ends(said("200", headers=(f"X-Large: {ACCESS_TOKEN * 32768}",))))),
    lost("headers without end", plain(do.without_end(ENDLESS_HEAD, b"X-More: %s\r\n" % TOKEN * 512))),
    lost(
        "1xx without end",
        plain(do.without_end(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", pause=0.005)),
        options=SHORT,
    ),
]

BODIES = {
    "HTML": b"<html>%s</html>" % TOKEN,
    "an empty body": b"",
    "null": b"null",
    "a list": b'[{"AccessToken": %s}]' % QUOTED,
    "a string": QUOTED,
    "no AccessToken": b'{"accessToken": %s}' % QUOTED,
    "AccessToken in a deeper object": b'{"data": {"AccessToken": %s}}' % QUOTED,
    "a null token": b'{"AccessToken": null, "was": %s}' % QUOTED,
    "a number as token": b'{"AccessToken": 7}',
    "a number of 5,000 digits as token": b'{"AccessToken": %s}' % (b"7" * 5000),
    "a list as token": b'{"AccessToken": [%s]}' % QUOTED,
    "an empty token": b'{"AccessToken": ""}',
    "a blank token": b'{"AccessToken": " \\t"}',
    "a padded token": b'{"AccessToken": %s}' % json.dumps(f" {ACCESS_TOKEN}").encode(),
    "a token of two lines": b'{"AccessToken": %s}' % json.dumps(f"{ACCESS_TOKEN}\nX: y").encode(),
    "a token that is no ASCII": b'{"AccessToken": %s}' % json.dumps(f"{ACCESS_TOKEN}\u0915").encode(),
    "the documentation's own sample": b'{"AccessToken": "<AccessToken>",}',
    "a trailing comma": b'{"AccessToken": %s,}' % QUOTED,
    "invalid UTF-8": b'{"AccessToken": %s, "name": "\xff"}' % QUOTED,
    "UTF-16": GOOD.decode().encode("utf-16"),
    "a NUL byte": GOOD[:-2] + b'\x00"}',
    "an escaped NUL in the token": GOOD[:-2] + b'\\u0000"}',
    "duplicate keys": b'{"AccessToken": %s, "AccessToken": %s}' % (QUOTED, QUOTED),
    "nesting 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "nesting 100,000 deep beside the token": (
        b'{"AccessToken": %s, "deep": %s%s}' % (QUOTED, b"[" * 100_000, b"]" * 100_000)
    ),
    "two replies in one body": GOOD + GOOD,
}

UNUSABLE = [
    *(unusable_200(name, body) for name, body in BODIES.items()),
    unusable("201", plain(answer(said("201"))), GOOD, status=201),
    unusable("202", plain(answer(said("202"))), GOOD, status=202),
    unusable(
        "204",
        plain(answer(b"HTTP/1.1 204 No Content\r\n" + "\r\n".join(LEAKY).encode() + b"\r\n\r\n")),
        b"",
        status=204,
    ),
    unusable("206", plain(answer(said("206"))), GOOD, status=206),
    too_large("1 GiB of body", plain(do.without_end(LARGE_HEAD, BLANK)), BLANK * 16),
    too_large("1 GiB of chunks", plain(do.without_end(CHUNKED, b"%x\r\n%s\r\n" % (len(BLANK), BLANK))), BLANK * 16),
    too_large("gzip bomb", plain(do.bomb), ONE_MIB),
    too_large("a byte more than 1 MiB", plain(answer(said("200", ONE_MIB + b" "))), ONE_MIB),
    too_large("a byte more than 1 MiB, gzip", plain(answer(zipped(ONE_MIB + b" "))), ONE_MIB),
    too_large("404 with more than 1 MiB", plain(answer(said("404", ONE_MIB + b" "))), ONE_MIB, status=404),
]

USABLE = [
    works("200", plain(answer(GOOD_REPLY))),
    works("200 at one of two addresses", places.by_name(answer(GOOD_REPLY))),
    works("200 over TLS", encrypted(answer(GOOD_REPLY))),
    works("UTF-8 BOM", plain(answer(said("200", b"\xef\xbb\xbf" + GOOD)))),
    works("a token in JSON escapes", plain(answer(said("200", b'{"AccessToken": "%s"}' % JSON_ESCAPED)))),
    works("unknown keys", plain(answer(said("200", GOOD[:-1] + b', "more": [1], "state": null}')))),
    works(
        "numbers beyond all bounds",
        plain(answer(said("200", GOOD[:-1] + b', "more": [1e%s, 1e-%s]}' % (NINES, NINES)))),
    ),
    works("1 MiB", plain(answer(said("200", ONE_MIB)))),
    works("1 MiB, gzip", plain(answer(zipped(ONE_MIB)))),
    works("gzip", plain(answer(zipped(GOOD)))),
    works("gzip, UTF-8 BOM", plain(answer(zipped(b"\xef\xbb\xbf" + GOOD)))),
    works("gzip that is none", plain(answer(said("200", GOOD, ("Content-Encoding: gzip",))))),
    works("chunks", plain(answer(CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(GOOD), GOOD)))),
    works("a body up to the end of the connection", plain(ends(b"HTTP/1.0 200 OK\r\n\r\n" + GOOD))),
    works("100 first", plain(answer(b"HTTP/1.1 100 Continue\r\n\r\n" + GOOD_REPLY))),
    works("103 first", plain(answer(b"HTTP/1.1 103 Early Hints\r\nLink: </%s>\r\n\r\n" % TOKEN + GOOD_REPLY))),
    works("102 thrice first", plain(answer(b"HTTP/1.1 102 Processing\r\n\r\n" * 3 + GOOD_REPLY))),
    works(
        "hundreds of headers",
        plain(answer(said("200", headers=tuple(f"X-{n}: {n}" for n in range(600))))),
    ),
    works(
        "one header hundreds of times",
        plain(answer(said("200", headers=("Set-Cookie: a=b",) * 600))),
    ),
    works("99 headers", plain(answer(said("200", headers=tuple(f"X-{n}: {n}" for n in range(96)))))),
]

REDIRECTS = [
    Row(
        name=f"{status}, {where}",
        place=redirect(str(status), where),
        raises=torus.RedirectRefused,
        outcome=REFUSED,
        status=status,
        content=TOKEN_ALONE,
    )
    for status in (301, 302, 303, 307, 308)
    for where in ("same host", "other host", "downgrade to http")
]

IN_2024 = ("Date: Tue, 11 Jun 2024 12:35:43 GMT",)
AN_HOUR_LATER = (*IN_2024, "Retry-After: Tue, 11 Jun 2024 13:35:43 GMT")
AT_ONCE = ("Retry-After: 0",)
LAST = "Connection: close"
"""With the reply that is the last one of a connection, so that no client meets the end of it."""
TOO_MANY = said("429", ECHO)
TRY_LATER = said("429", ECHO, AT_ONCE)
UNAVAILABLE = said("503", ECHO, AT_ONCE)
TRY_LATER_AND_END = said("429", ECHO, (*AT_ONCE, LAST))
UNAVAILABLE_AND_END = said("503", ECHO, (*AT_ONCE, LAST))
ORDERED = b'{"status": "error", "data": [{"order_no": "%s"}]}' % ORDER_NO.encode()


def refused(status: int, raises: type[torus.APIStatusError], retry_after: float | None = 0) -> dict[str, object]:
    """What comes of a row whose first attempt is refused for now, where there is no second one."""
    return {
        "raises": raises,
        "outcome": REFUSED,
        "status": status,
        "content": ECHO,
        "retry_after": retry_after,
        "says": f"The service answered {status}",
        **ONCE,
    }


ONCE = {"attempts": 1, "connections": 1, "requests": 1}


def waits(status: int, raises: type[torus.APIStatusError]) -> list[Row]:
    """A refusal that asks to come back: for as long as it fits into the budget."""

    def row(name: str, headers: tuple[str, ...], attempts: int, retry_after: float) -> Row:
        name = f"{status} with Retry-After, {name}"
        return answered(
            status,
            raises,
            REFUSED,
            name=name,
            headers=headers,
            attempts=attempts,
            retry_after=retry_after,
            if_final=ONCE,
        )

    return [
        row("seconds", AT_ONCE, 3, 0),
        row("a date", (*IN_2024, "Retry-After: Tue, 11 Jun 2024 12:35:43 GMT"), 3, 0),
        row("a date gone by", ("Retry-After: Tue, 11 Jun 2024 12:35:43 GMT",), 3, 0),
        row("seconds beyond the budget", ("Retry-After: 3600",), 1, 3600),
        row("a date beyond the budget", AN_HOUR_LATER, 1, 3600),
        row("seconds for many years", ("Retry-After: 999999999",), 1, 999999999),
    ]


STATUSES = [
    Row(
        name="300",
        place=plain(answer(said("300", TOKEN_ALONE))),
        raises=torus.RedirectRefused,
        outcome=REFUSED,
        status=300,
        content=TOKEN_ALONE,
    ),
    answered(400, torus.BadRequest, REFUSED),
    answered(401, torus.AuthenticationFailed, REFUSED),
    answered(403, torus.PermissionDenied, REFUSED),
    answered(404, torus.NotFound, REFUSED),
    answered(404, torus.NotFound, REFUSED, name="404 with an access token", body=TOKEN_ALONE),
    answered(400, torus.BadRequest, REFUSED, name="400 with an order number", body=ORDERED, acted=True),
    answered(409, torus.APIStatusError, REFUSED, name="409 with an order number", body=ORDERED, acted=True),
    answered(405, torus.APIStatusError, REFUSED),
    answered(408, torus.APIStatusError, REFUSED),
    answered(409, torus.APIStatusError, REFUSED),
    answered(418, torus.APIStatusError, REFUSED),
    answered(422, torus.BadRequest, REFUSED),
    answered(429, torus.RateLimited, REFUSED, name="429 without Retry-After", attempts=3, if_final=ONCE),
    answered(
        429,
        torus.RateLimited,
        REFUSED,
        name="429 with nonsense",
        attempts=3,
        headers=("Retry-After: soon",),
        if_final=ONCE,
    ),
    *waits(429, torus.RateLimited),
    answered(500, torus.ServerError, UNKNOWN),
    answered(500, torus.ServerError, UNKNOWN, name="500 with Retry-After", headers=AT_ONCE, retry_after=0),
    answered(502, torus.ServerError, UNKNOWN, name="502 with HTML", body=ECHO_HTML),
    answered(503, torus.ServerError, UNKNOWN, name="503 without Retry-After"),
    answered(503, torus.ServerError, UNKNOWN, name="503 with nonsense", headers=("Retry-After: soon",)),
    *waits(503, torus.ServiceUnavailable),
    answered(
        503,
        torus.ServiceUnavailable,
        REFUSED,
        name="503 with Retry-After and an order number",
        body=ORDERED,
        headers=AT_ONCE,
        retry_after=0,
        attempts=3,
        acted=True,
        if_final=ONCE,
    ),
    answered(504, torus.ServerError, UNKNOWN),
    answered(520, torus.ServerError, UNKNOWN),
    answered(999, torus.ServerError, UNKNOWN),
]

RETRIED = [
    works(
        "429 twice, then 200",
        plain(answer(TRY_LATER, TRY_LATER, GOOD_REPLY)),
        attempts=3,
        connections=3,
        requests=3,
        if_final=refused(429, torus.RateLimited),
    ),
    works(
        "429 twice without Retry-After, then 200",
        plain(answer(TOO_MANY, TOO_MANY, GOOD_REPLY)),
        attempts=3,
        connections=3,
        requests=3,
        if_final=refused(429, torus.RateLimited, None),
    ),
    works(
        "503 twice, then 200",
        plain(answer(UNAVAILABLE, UNAVAILABLE, GOOD_REPLY)),
        attempts=3,
        connections=3,
        requests=3,
        if_final=refused(503, torus.ServiceUnavailable),
    ),
    lost(
        "429, then silence",
        plain(do.on_first_connection(ends(TRY_LATER_AND_END), then=do.silence)),
        attempts=2,
        connections=2,
        requests=2,
        options=SHORT,
        if_final=refused(429, torus.RateLimited),
    ),
    lost(
        "503, then a reset",
        plain(do.on_first_connection(ends(UNAVAILABLE_AND_END), then=do.reset_after_reading)),
        attempts=2,
        connections=2,
        requests=2,
        if_final=refused(503, torus.ServiceUnavailable),
    ),
    Row(
        name="429, then 500",
        place=plain(answer(TRY_LATER, said("500", ECHO))),
        raises=torus.ServerError,
        outcome=UNKNOWN,
        attempts=2,
        connections=2,
        requests=2,
        status=500,
        content=ECHO,
        if_final=refused(429, torus.RateLimited),
    ),
    answered(
        429,
        torus.RateLimited,
        REFUSED,
        name="429, and no retries wanted",
        headers=AT_ONCE,
        retry_after=0,
        options={"max_retries": 0},
    ),
    no_connection("port closed, and no retries wanted", places.closed_port, "", attempts=1, options={"max_retries": 0}),
]


def second_call(
    name: str,
    first: bytes,
    then: Behaviour = do.nothing,
    *,
    more: bytes = b"",
    connections: int = 2,
    tls: bool = False,
    proxy: bool = False,
    share: bool = True,
) -> Row:
    """Whatever becomes of the connection after the first call: the second call gets its own reply, and is seen once."""
    return works(
        name,
        between_two_calls((first, more) if more else (first,), then, tls=tls, proxy=proxy),
        calls=2,
        connections=connections,
        requests=2,
        connects=connections if proxy else 0,
        options={"share_connections": share},
    )


def filling(size: int) -> bytes:
    """Return a good reply of so many bytes."""
    body = GOOD.ljust(size)
    return said("200", GOOD.ljust(size - (len(said("200", body)) - len(body))))


POOLED = [
    second_call("a connection each", GOOD_REPLY, share=False),
    second_call("a connection each, TLS", GOOD_REPLY, tls=True, share=False),
    second_call("a connection each, TLS within TLS", GOOD_REPLY, tls=True, proxy=True, share=False),
    second_call("idle connection kept", GOOD_REPLY, connections=1),
    second_call("idle connection kept, TLS", GOOD_REPLY, connections=1, tls=True),
    second_call("idle connection kept, TLS within TLS", GOOD_REPLY, connections=1, tls=True, proxy=True),
    second_call("idle connection closed by the server", GOOD_REPLY, Connection.finish),
    second_call("idle connection closed by the server, TLS", GOOD_REPLY, Connection.finish, tls=True),
    second_call("idle connection reset by the server", GOOD_REPLY, Connection.reset),
    second_call("idle connection with a 408 on it", GOOD_REPLY, do.sends_unasked(said("408"))),
    second_call("idle connection with a reply on it that nobody asked for", GOOD_REPLY, do.sends_unasked(OTHER_REPLY)),
    second_call("two replies at once", GOOD_REPLY + OTHER_REPLY),
    second_call("two replies at once, TLS", GOOD_REPLY, more=OTHER_REPLY, tls=True),
    second_call("two replies at once, TLS within TLS", GOOD_REPLY, more=OTHER_REPLY, tls=True, proxy=True),
    # We take 64 KiB at a time; asyncio, up to 256.
    second_call("two replies at once, the first as long as what is read", filling(64 * 1024) + OTHER_REPLY),
    second_call("more body than Content-Length", GOOD_REPLY + b" " + TOKEN),
    second_call("204 with a body that is a reply", NO_CONTENT + OTHER_REPLY),
    second_call("304 with a body that is a reply", b"HTTP/1.1 304 Not Modified\r\n\r\n" + OTHER_REPLY),
    second_call("chunks, and a reply after them", CHUNKED + b"0\r\n\r\n" + OTHER_REPLY),
]

ROWS = [*CONNECTING, *PROXIES, *LOST, *UNUSABLE, *USABLE, *REDIRECTS, *STATUSES, *RETRIED, *POOLED]
