"""Raw replies of every kind, each with an access token of its own."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

LINE = b"HTTP/1.1 200 OK\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
OTHER = b'{"AccessToken": "of-another-user"}'


def token_of(name: str) -> str:
    """Return the access token that is in a reply; any other one is somebody else's."""
    return "of-" + "".join(letter if letter.isalnum() else "-" for letter in name)


def corpus() -> dict[str, bytes]:
    """Return the replies by their names."""
    found: dict[str, bytes] = {}
    for kind in (_lengths, _chunks, _heads, _statuses, _bodies, _around, _cut):
        for name, template in kind():
            reply, key = template, f"{kind.__name__[1:]}, {name}"
            assert key not in found
            body = json.dumps({"AccessToken": token_of(key)}).encode()
            for mark, text in {
                b"<GZIP>": gzip.compress(body, mtime=0)[:-9],
                b"<BODY>": body,
                b"<N>": b"%d" % len(body),
                b"<X>": b"%x" % len(body),
            }.items():
                reply = reply.replace(mark, text)
            found[key] = reply
    return found


def _reply(*headers: bytes, body: bytes = b"<BODY>", line: bytes = LINE) -> bytes:
    return line + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body


def _lengths() -> Iterator[tuple[str, bytes]]:
    for value in (
        *(b"<N>", b" <N> ", b"\t<N>", b"0<N>", b"+<N>", b"-<N>", b"-1", b"", b" ", b"0", b"1", b"9", b"9" * 30),
        *(b"0x<X>", b"<N>.0", b"<N>, <N>", b"<N>,<N>", b"<N>, 9", b"<N>;a=b", b"<N> <N>", b"<N>a", b"\xef\xbc\x95"),
        *(b"0" * 200 + b"<N>", b"1e2", b'"<N>"', b"<N>\x00", b"<N>\x0b"),
    ):
        yield f"{value!r}", _reply(b"Content-Length: " + value)
    for first, second in ((b"<N>", b"<N>"), (b"<N>", b"9"), (b"9", b"<N>"), (b"0", b"<N>"), (b"<N>", b"")):
        yield f"{first!r} and {second!r}", _reply(b"Content-Length: " + first, b"content-length: " + second)
    yield "none, HTTP/1.1", _reply()
    yield "none, HTTP/1.0", _reply(line=b"HTTP/1.0 200 OK\r\n")
    yield "none, keep-alive", _reply(b"Connection: keep-alive")
    yield "none, close", _reply(b"Connection: close")
    for coding in (b"chunked", b"Chunked", b"identity", b"gzip", b"gzip, chunked", b"chunked, gzip", b"xchunked", b""):
        yield f"and {coding!r}", _reply(b"Content-Length: <N>", b"Transfer-Encoding: " + coding)
        yield f"{coding!r} and", _reply(b"Transfer-Encoding: " + coding, b"Content-Length: <N>")
        yield f"without, {coding!r}", _reply(b"Transfer-Encoding: " + coding)


def _chunks() -> Iterator[tuple[str, bytes]]:
    head = LINE + CHUNKED + b"\r\n"
    last = b"0\r\n\r\n"
    for size in (
        *(b"<X>", b"0<X>", b"0" * 30 + b"<X>", b"<X>;a=b", b'<X>;a="b;c"', b"<X> ", b" <X>", b"\t<X>", b"<X>\t;a"),
        *(b"0x<X>", b"-<X>", b"+<X>", b"<X>g", b"<X>h", b"", b"g", b"<X>.0", b"<X>\x00", b"<X>;" + b"a" * 5000),
        *(b"f" * 8, b"f" * 16, b"f" * 40, b"<N>", b"1", b"<X>\xff", b"<X>,<X>"),
    ):
        yield f"{size[:20]!r}", head + size + b"\r\n<BODY>\r\n" + last
    for end in (b"", b"0", b"0\r\n", b"0\r\n\r\n\r\n", b"00\r\n\r\n", b"0;a\r\n\r\n", b"0\r\nX: y\r\n\r\n", b"0\n\n"):
        yield f"ends in {end!r}", head + b"<X>\r\n<BODY>\r\n" + end
    for trailer in (b"Content-Length: 9", b"X", b": y", b" X: y", b"X : y", b"Transfer-Encoding: chunked", b"\x00: y"):
        yield f"trailer {trailer!r}", head + b"<X>\r\n<BODY>\r\n0\r\n" + trailer + b"\r\n\r\n"
    for between in (b"", b"\n", b"\r", b"\r\n\r\n", b"xx"):
        yield f"{between!r} behind a chunk", head + b"<X>\r\n<BODY>" + between + last
    for line in (b"\n", b"\r", b"\r\r\n", b"\n\r\n"):
        yield f"{line!r} behind a size", head + b"<X>" + line + b"<BODY>\r\n" + last
    yield "in two", head + b"1\r\n \r\n<X>\r\n<BODY>\r\n" + last
    yield "in HTTP/1.0", b"HTTP/1.0 200 OK\r\n" + CHUNKED + b"\r\n<X>\r\n<BODY>\r\n" + last
    yield "twice", LINE + CHUNKED + CHUNKED + b"\r\n<X>\r\n<BODY>\r\n" + last


def _heads() -> Iterator[tuple[str, bytes]]:
    for header in (
        *(b"X", b"X:", b":y", b": y", b"X : y", b" X: y", b"\tX: y", b"X y: z", b"X\x00: y", b"X: \x00", b"X: \x7f"),
        *(
            b"X: \xff",
            b"X: \xe0\xa4\x95",
            b"X\xff: y",
            b"X: a\r\n folded",
            b"X: a\r\n\tfolded",
            b"X: a\rb",
            b"X: a\nY: b",
        ),
        *(b"X: " + b"a" * 60_000, b"X: " + b"a" * 200_000, b"a" * 5000 + b": y", b"X: y\r\n" * 500 + b"X: y"),
        *(b"(X): y", b"X\t: y", b'"X": y', b"X=y: z", b"X: y\x0bz", b"Set-Cookie: a=b\r\nSet-Cookie: c=d"),
        *(b"Connection: close", b"Connection: keep-alive", b"Connection: upgrade\r\nUpgrade: x", b"Upgrade: h2c"),
        *(b"Content-Encoding: gzip", b"Content-Encoding: br", b"Content-Encoding: identity", b"Location: /elsewhere"),
        *(b"Content-Type: text/html", b"Trailer: X", b"Keep-Alive: timeout=0", b"Retry-After: 0"),
    ):
        yield f"{header[:20]!r} of {len(header)}", _reply(header, b"Content-Length: <N>")
    for line in (b"\n", b"\r", b"\r\n\r\n", b"\n\n", b"\r\r\n"):
        yield f"ends in {line!r}", LINE + b"Content-Length: <N>" + line + b"\r\n<BODY>"
        yield f"lines in {line!r}", b"HTTP/1.1 200 OK" + line + b"Content-Length: <N>" + line + line + b"<BODY>"


def _statuses() -> Iterator[tuple[str, bytes]]:
    for line in (
        *(
            b"HTTP/1.1 200",
            b"HTTP/1.1 200 ",
            b"HTTP/1.1 200  OK",
            b"HTTP/1.1  200 OK",
            b"HTTP/1.1\t200\tOK",
            b" HTTP/1.1 200 OK",
        ),
        *(
            b"HTTP/1.0 200 OK",
            b"HTTP/0.9 200 OK",
            b"HTTP/1.2 200 OK",
            b"HTTP/2.0 200 OK",
            b"HTTP/2 200 OK",
            b"HTTP/11 200 OK",
        ),
        *(
            b"http/1.1 200 OK",
            b"HTTP/1.1200 OK",
            b"HTTP/1.1 20 OK",
            b"HTTP/1.1 2000 OK",
            b"HTTP/1.1 2oo OK",
            b"HTTP/1.1 +200 OK",
        ),
        *(
            b"HTTP/1.1 0200 OK",
            b"HTTP/1.1 200 \xff",
            b"HTTP/1.1 200 \x00",
            b"HTTP/1.1 200 a\rb",
            b"ICY 200 OK",
            b"200 OK",
            b"",
        ),
        *(
            b"RTSP/1.0 200 OK",
            b"HTTP/1.1",
            b"HTTP /1.1 200 OK",
            b"SSH-2.0-x",
            b"\x16\x03\x01\x00\x05",
            b"GET / HTTP/1.1",
        ),
        *(
            b"HTTP/1.1 %d X" % status
            for status in (0, 99, 100, 101, 102, 199, 201, 204, 205, 206, 226, 299, 300, 304, 307)
        ),
        *(
            b"HTTP/1.1 %d X" % status
            for status in (400, 401, 403, 404, 407, 408, 418, 422, 429, 500, 503, 599, 600, 999)
        ),
    ):
        yield f"{line!r}", line + b"\r\nContent-Length: <N>\r\n\r\n<BODY>"


def _bodies() -> Iterator[tuple[str, bytes]]:
    for name, body in {
        "twice": b"<BODY><BODY>",
        "another behind": b"<BODY>" + OTHER,
        "a blank first": b" <BODY>",
        "a mark first": b"\xef\xbb\xbf<BODY>",
        "a list": b"[<BODY>]",
        "a NUL behind": b"<BODY>\x00",
        "nothing": b"",
        "a number": b"7",
        "no token": b"{}",
        "a token of null": b'{"AccessToken": null}',
        "two tokens": b'{"AccessToken": "of-another-user", "AccessToken": "x"}',
        "gzip that is none": b"\x1f\x8b<BODY>",
    }.items():
        yield name, _reply(b"Connection: close", body=body)
    yield "gzip that is cut", _reply(b"Content-Encoding: gzip", body=b"<GZIP>")


def _around() -> Iterator[tuple[str, bytes]]:
    whole = _reply(b"Content-Length: <N>")
    other = _reply(b"Content-Length: %d" % len(OTHER), body=OTHER)
    for name, first in {
        "a line end": b"\r\n",
        "two line ends": b"\r\n\r\n",
        "a line feed": b"\n",
        "a blank": b" ",
        "a NUL": b"\x00",
        "a letter": b"x",
        "100": b"HTTP/1.1 100 Continue\r\n\r\n",
        "100 twice": b"HTTP/1.1 100 Continue\r\n\r\n" * 2,
        "103": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
        "100 with a length": b"HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n",
        "101": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        "204": b"HTTP/1.1 204 No Content\r\n\r\n",
        "304": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    }.items():
        yield f"{name} first", first + whole
    for name, behind in {
        "a line end": b"\r\n",
        "another reply": other,
        "a letter": b"x",
        "a 408": b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n",
        "64 KiB": b"x" * 65536,
    }.items():
        yield f"{name} behind", whole + behind


def _cut() -> Iterator[tuple[str, bytes]]:
    whole = _reply(b"Content-Length: 60", b"X-Some: header", body=b" " * 60)
    for size in (0, 1, 8, 12, 15, 17, 20, 36, 38, 52, 54, 56, 57, 90, len(whole) - 1):
        yield f"a length, {size} bytes", whole[:size]
    chunked = LINE + CHUNKED + b"\r\n3c\r\n" + b" " * 60 + b"\r\n0\r\n\r\n"
    for size in (
        46,
        47,
        48,
        49,
        60,
        len(chunked) - 8,
        len(chunked) - 6,
        len(chunked) - 5,
        len(chunked) - 3,
        len(chunked) - 1,
    ):
        yield f"chunks, {size} bytes", chunked[:size]
