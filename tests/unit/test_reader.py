"""What the reader of the extra `fast` makes of the bytes of one reply, however they are cut."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from torus_connect import Reply
from torus_connect.engines import limits
from torus_connect.engines.attempt import Attempt
from torus_connect.engines.httptools_reader import ReplyReader, Unreadable

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
WHOLE = HEAD + b"Content-Length: 5\r\nX-One: 1\r\n\r\nwhole"
EARLY = b"HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"


def read(*parts: bytes) -> tuple[ReplyReader, Reply]:
    attempt = Attempt(10, 10)
    reader = ReplyReader(attempt)
    for part in parts:
        reader.feed(part)
    return reader, attempt.reply()


def all_at_once(whole: bytes) -> list[bytes]:
    return [whole]


def singly(whole: bytes) -> list[bytes]:
    return [bytes([byte]) for byte in whole]


@pytest.mark.parametrize("cut", [all_at_once, singly])
@pytest.mark.parametrize(
    ("whole", "content", "reusable"),
    [
        (WHOLE, b"whole", True),
        (EARLY + EARLY + WHOLE, b"whole", True),
        (CHUNKED + b"2\r\nwh\r\n3;x=y\r\nole\r\n0\r\nX-Trailer: t\r\n\r\n", b"whole", True),
        (HEAD + b"Transfer-Encoding: Chunked \r\nX-Blank: \t b \r\n\r\n5\r\nwhole\r\n0\r\n\r\n", b"whole", True),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nwhole", b"whole", False),
        (HEAD + b"Connection: close\r\nContent-Length: 5\r\n\r\nwhole", b"whole", False),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b"", True),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", b"", True),
        (HEAD + b"Content-Length: 0\r\n\r\n", b"", True),
    ],
)
def test_a_whole_reply(cut: Callable[[bytes], list[bytes]], whole: bytes, content: bytes, *, reusable: bool) -> None:
    reader, reply = read(*cut(whole))
    assert (reader.complete, reader.reusable) == (True, reusable)
    assert reply.content == content
    assert "x-early" not in reply.headers
    assert "x-trailer" not in reply.headers


@pytest.mark.parametrize(
    "more", [WHOLE, b"x", b"HTTP/1.1", b"HTTP/1.1 500 No\r\nX-One: 2\r\nContent-Length: 3\r\n\r\nbad", EARLY]
)
def test_what_comes_behind_a_reply_is_not_a_part_of_it(more: bytes) -> None:
    reader, reply = read(WHOLE + more)
    assert (reader.complete, reader.reusable) == (True, False)
    assert (reply.status_code, reply.content, reply.headers["X-One"]) == (200, b"whole", "1")


def test_a_reply_that_ends_with_its_connection() -> None:
    reader, reply = read(HEAD + b"\r\n", b"who", b"le")
    assert not reader.complete
    assert reply.content == b"whole"
    reader, reply = read(HEAD + b"\r\n", b"whole", b"")
    assert (reader.complete, reader.reusable) == (True, False)


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ([b""], "the connection was closed"),
        ([WHOLE[:-1], b""], "the connection was closed"),
        ([CHUNKED + b"2\r\nwh\r\n", b""], "the connection was closed"),
        ([EARLY, b""], "the connection was closed"),
        ([b"canary\r\n\r\n"], "what came back is not HTTP/1.1"),
        ([CHUNKED + b"canary\r\n"], "what came back is not HTTP/1.1"),
        ([b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"], "switched to another protocol"),
        ([HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n"], "what came back is not HTTP/1.1"),
        ([b"HTTP/1.1 104 X\r\nContent-Length: 5\r\n\r\nEVIL!" + WHOLE], "what came back is not HTTP/1.1"),
        ([b"HTTP/1.1 104 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"], "what came back is not HTTP/1.1"),
        ([HEAD + b"Transfer-Encoding: identity\r\n\r\n"], "what came back is not HTTP/1.1"),
        ([HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"], "what came back is not HTTP/1.1"),
    ],
)
def test_no_whole_reply(parts: list[bytes], says: str) -> None:
    with pytest.raises(Unreadable, match=says) as caught:
        read(*parts)
    assert "canary" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (HEAD, b"X-More: canary\r\n"),
        (HEAD + b"X-Long: ", b"canary"),
        (EARLY, EARLY),
        (CHUNKED + b"1;", b"canary"),
        (CHUNKED + b"1\r\nx\r\n0\r\nX-Trailer: ", b"canary"),
    ],
    ids=["headers", "a header", "provisional replies", "an extension of a chunk", "trailers"],
)
def test_only_so_much_comes_that_is_no_body(begin: bytes, more: bytes) -> None:
    times = limits.MAX_HEAD_BYTES // len(more)
    read(begin, *[more] * (times - len(begin)))
    with pytest.raises(Unreadable, match=f"more than {limits.MAX_HEAD_BYTES} bytes came"):
        read(begin, *[more] * (times + len(begin)))


def test_a_body_may_come_in_very_small_parts() -> None:
    parts = [b"1\r\nx\r\n" * 8192] * 10
    reader, reply = read(CHUNKED, *parts, b"0\r\n\r\n")
    assert (reader.complete, len(reply.content)) == (True, 81920)


def test_nothing_is_read_once_it_is_closed() -> None:
    attempt = Attempt(10, 10)
    reader = ReplyReader(attempt)
    reader.close()
    reader.feed(WHOLE)
    assert not reader.complete
    assert attempt.reply().status_code == 0


class Interrupted(BaseException):
    """What the handler of a signal raises."""


@pytest.mark.parametrize(
    "where", ["on_message_begin", "on_header", "on_headers_complete", "on_body", "on_message_complete"]
)
def test_an_interrupt_is_not_taken_for_a_fault_of_the_reply(where: str) -> None:
    class Reader(ReplyReader):
        __slots__ = ()

    def interrupt(*_: object) -> None:
        raise Interrupted

    setattr(Reader, where, interrupt)
    with pytest.raises(Interrupted) as caught:
        Reader(Attempt(10, 10)).feed(WHOLE)
    assert caught.value.__context__ is None
