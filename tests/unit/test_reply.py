from __future__ import annotations

import copy
import gzip
import pickle
import random
import sys
import time
import tracemalloc
import zlib
from decimal import Decimal

import pytest

from torus_connect import Headers, Reply
from torus_connect.reply import MAX_REPLY_BYTES, Body, parsed


def body(*chunks: bytes, encoding: str = "") -> Body:
    received = Body()
    received.encoding = encoding
    for chunk in chunks:
        received.take(chunk)
    return received


def test_headers() -> None:
    headers = Headers([("Retry-After", "7"), ("set-cookie", "a"), ("Set-Cookie", "b")])
    assert headers["retry-after"] == headers["RETRY-AFTER"] == "7"
    assert headers["Set-Cookie"] == "a, b"
    assert headers.get("missing") is None
    assert dict(headers) == {"retry-after": "7", "set-cookie": "a, b"}
    assert len(headers) == 2
    assert repr(headers) == "<Headers retry-after, set-cookie>"


def test_a_reply_shows_nothing_and_a_pickle_drops_what_it_holds() -> None:
    reply = Reply(200, Headers([("x", "canary")]), b"canary")
    assert repr(reply) == "<Reply 200, 6 bytes>"
    assert copy.copy(reply) is reply
    assert copy.deepcopy(reply) is reply
    pickled = pickle.dumps(reply)
    assert b"canary" not in pickled
    assert pickle.loads(pickled).status_code == 200


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b"[1]", None),
        (b"null", None),
        (b"", None),
        (b"\xff", None),
        (b'{"a": 1', None),
        (b'{"a": 1, "a": 1}', {"a": None}),
        (b'{"a": "x", "a": "y", "a": "z"}', {"a": None}),
        (b'{"a": 1, "b": 2, "a": 3}', {"a": None, "b": 2}),
        (b'{"b": {"a": 1, "a": 2}, "c": 3}', {"b": {"a": None}, "c": 3}),
        (b'{"a":' * 100_000, None),
        (b'{"a": ' + b"9" * 5000 + b"}", {"a": Decimal("9" * 5000)}),
        (b'{"a": 0.10, "b": 1e3}', {"a": Decimal("0.10"), "b": Decimal(1000)}),
    ],
)
def test_json_object(content: bytes, expected: object) -> None:
    assert Reply(200, Headers(), content).json_object() == expected


def test_json_that_is_nested_too_deeply() -> None:
    with pytest.raises(ValueError, match=r"^it is nested too deeply$"):
        Reply(200, Headers(), b"[" * 100_000).json()


@pytest.mark.parametrize("encoding", ["gzip", " GZip ", "deflate"])
def test_a_compressed_body(encoding: str) -> None:
    packed = zlib.compress(b"content") if encoding == "deflate" else gzip.compress(b"content")
    reply = body(packed[:5], packed[5:], encoding=encoding).reply(200, Headers())
    assert reply.content == b"content"
    assert not reply.truncated


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_what_does_not_decompress_stays_as_it_came(encoding: str) -> None:
    assert body(b"content", encoding=encoding).reply(200, Headers()).content == b"content"


@pytest.mark.parametrize("size", [MAX_REPLY_BYTES, MAX_REPLY_BYTES + 1])
@pytest.mark.parametrize("compressed", [False, True])
def test_the_limit(size: int, *, compressed: bool) -> None:
    content = b"x" * size
    packed = gzip.compress(content) if compressed else content
    reply = body(packed, encoding="gzip" if compressed else "").reply(200, Headers())
    assert reply.truncated is (size > MAX_REPLY_BYTES)
    assert reply.content == content[:MAX_REPLY_BYTES]


def test_a_full_body_takes_no_more() -> None:
    received = body(encoding="gzip")
    assert received.take(b"x" * MAX_REPLY_BYTES)
    assert not received.take(b"y")
    reply = received.reply(200, Headers())
    assert reply.truncated
    assert reply.content == b"x" * MAX_REPLY_BYTES


def test_what_comes_uncompressed_stays_as_it_came() -> None:
    packed = gzip.compress(b"content")
    for encoding in ("", "identity"):
        assert body(packed, encoding=encoding).reply(200, Headers()).content == packed


PACKED = gzip.compress(b"content", mtime=0)


@pytest.mark.parametrize(
    ("content", "encoding", "expected"),
    [
        (b"content", "", True),
        (b"content", " Identity ", True),
        (b"", "br", True),
        (PACKED, "gzip", True),
        (b'{"a": 1}', "br", True),  # which a proxy has decompressed
        (b"content", "br", False),
        (b"content", "gzip", False),
        (PACKED[:-1], "gzip", False),
        (PACKED * 2, "gzip", False),
    ],
)
def test_whether_a_body_is_decoded(content: bytes, encoding: str, *, expected: bool) -> None:
    assert body(content, encoding=encoding).reply(200, Headers()).is_decoded is expected


@pytest.mark.parametrize("encoding", ["x-gzip", "X-GZIP"])
def test_the_old_name_of_gzip(encoding: str) -> None:
    assert body(gzip.compress(b"content"), encoding=encoding).reply(200, Headers()).content == b"content"


def test_what_was_cut_short_at_the_limit_is_not_decompressed() -> None:
    packed = gzip.compress(random.Random(0).randbytes(MAX_REPLY_BYTES + 1), compresslevel=0)
    reply = body(packed, encoding="gzip").reply(200, Headers())
    assert reply.truncated
    assert reply.content == packed[:MAX_REPLY_BYTES]


def test_a_few_bytes_do_not_fill_the_memory() -> None:
    received = body(gzip.compress(bytes(16 * MAX_REPLY_BYTES), compresslevel=1), encoding="gzip")
    tracemalloc.start()
    try:
        reply = received.reply(200, Headers())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert reply.truncated
    assert peak < 6 * MAX_REPLY_BYTES


def test_a_reply_is_whole_unless_it_is_said_otherwise() -> None:
    assert Reply(200, Headers(), b"").truncated is False
    assert Reply(200, Headers(), b"", truncated=True).truncated is True


def test_an_empty_body() -> None:
    reply = body().reply(204, Headers())
    assert (reply.status_code, reply.content, reply.truncated) == (204, b"", False)


@pytest.mark.parametrize("limit", [0, sys.int_info.default_max_str_digits])
def test_a_number_of_a_million_digits_becomes_no_int(limit: int) -> None:
    """To make one would take ten seconds, and Python's own limit can be lifted."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(limit)
    try:
        digits = (b"9" * 1_000_000, b"9" * 101, b"9" * 100)
        found = parsed(b'{"longest": %s, "long": %s, "short": %s}' % digits)
        assert isinstance(found, dict)
        types = {name: type(value) for name, value in found.items()}
        assert types == {"longest": Decimal, "long": Decimal, "short": int}
        assert type(parsed(b"9" * 101)) is (int if limit else Decimal)
    finally:
        sys.set_int_max_str_digits(before)


def test_of_many_names_one_stands_twice() -> None:
    names = ",".join(f'"{number}":{number}' for number in range(100_000))
    began = time.process_time()
    found = parsed(f'{{{names},"7":"another"}}'.encode())
    assert isinstance(found, dict)
    assert (found["7"], found["8"], len(found)) == (None, 8, 100_000)
    assert time.process_time() - began < 5  # not what grows with the square
