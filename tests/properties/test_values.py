"""What comes back, built from anything: headers, replies, sessions, secrets, dates, the document."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from properties.test_replies import bodies, values
from properties.texts import anything, assert_unsaid, nasty_texts, others, plain_texts, said_by

from torus_connect import APIStatusError, Headers, RateLimited, Reply, Secret, Session, TorusError, spec_text

DAYS = ("Mon", "Monday", "mon,", "Tue,", "Xyz", "abc", "jan", "GMT", "utc")
date_texts = st.one_of(
    st.datetimes().map(lambda at: at.strftime("%a, %d %b %Y %H:%M:%S GMT")),
    st.lists(
        st.sampled_from(DAYS)
        | st.sampled_from(["1", "31", "99", "-1", "0", "2024", "99999", "1e9", "Jan", "Feb", "13", "00:00:00", "24:00"])
        | st.sampled_from(
            [":", "-", "+", "/", ".", ",", "T", "Z", "AM", "pm", "GMT", "IST", "+9999", "-2400", "+05:30"]
        )
        | st.integers().map(str)
        | st.text(max_size=4),
        min_size=1,
        max_size=9,
    ).map(" ".join),
    st.text("MontueJanfeb0123456789:+-/.,TZ ", max_size=30).map("Mon".__add__),
    st.integers().map(str),
    st.integers(0, 10**30).map(lambda number: str(number) * 40),
    nasty_texts,
)


@given(after=date_texts, date=st.none() | date_texts)
@example(after="Mon " + "1 " * 4000, date=None)
@example(after="Mon, 01 Jan 0001 00:00:00 GMT", date="Fri, 31 Dec 9999 23:59:59 GMT")
@example(after="Mon, 01 Jan 2024 00:00:00 +9999", date=None)
@example(after="\u0663", date=None)
@example(after="\xb2", date=None)
def test_retry_after(after: str, date: str | None) -> None:
    headers = Headers([("Retry-After", after)] + ([] if date is None else [("Date", date)]))
    seconds = RateLimited("", reply=Reply(429, headers, b"")).retry_after
    assert seconds is None or seconds >= 0
    if after.isascii() and after.isdigit():
        # A number beyond all measure may count as none.
        assert seconds == float(after) or (seconds is None and len(after) > 9)


@given(items=st.lists(st.tuples(nasty_texts, nasty_texts), max_size=5), name=nasty_texts)
def test_headers(items: list[tuple[str, str]], name: str) -> None:
    headers = Headers(items)
    assert set(headers) == {key.lower() for key, _ in items}
    assert len(headers) == len(set(headers))
    for key, value in items:
        assert value in headers[key]
        assert not key.isascii() or value in headers[key.upper()]
    assert (name in headers) is (name.lower() in set(headers))
    assert headers.get(name) is None or name in headers
    assert_unsaid(repr(headers), *(value for key, value in items if not any(value in key.lower() for key, _ in items)))


@given(status=st.integers(0, 999), content=bodies | st.binary(), truncated=st.booleans())
def test_reply(status: int, content: bytes, *, truncated: bool) -> None:
    reply = Reply(status, Headers(), content, truncated=truncated)
    parsed = reply.json_object()
    assert parsed is None or isinstance(parsed, dict)
    assert_unsaid(repr(reply), content.decode("latin-1"))
    assert copy.deepcopy(reply) is copy.copy(reply) is reply
    assert pickle.loads(pickle.dumps(reply)).content == b""
    error = APIStatusError("The service answered", reply=reply)
    assert error.service_message is None or isinstance(error.service_message, str)
    assert_unsaid(said_by(error), content.decode("latin-1"))


@given(value=st.dictionaries(st.text(), values, max_size=4))
def test_a_json_object_is_read_as_it_is(value: dict[str, Any]) -> None:
    encoded = json.dumps(value)
    read = json.dumps(Reply(200, Headers(), encoded.encode()).json_object(), default=float)
    # Whether a number comes as int, float or Decimal makes no difference here.
    assert json.dumps(json.loads(read, parse_int=float)) == json.dumps(json.loads(encoded, parse_int=float))


@given(text=plain_texts | nasty_texts)
def test_session_and_secret(text: str) -> None:
    session, secret = Session(text), Secret(text)
    assert session.access_token == secret == text
    assert session.authorization == "Bearer " + text
    for value in (session, secret, session.access_token, session.authorization, [secret], {"secret": secret}):
        assert_unsaid(repr(value), text)
    for value in (session, secret):
        assert copy.copy(value) is value
        with pytest.raises(TypeError) as caught:
            pickle.dumps(value)
        assert_unsaid(said_by(caught.value), text)


@given(spec_format=st.sampled_from(["yaml", "json"]) | anything | others)
@example(spec_format="xml")
@example(spec_format=["yaml"])
def test_spec_text(spec_format: Any) -> None:
    try:
        text = spec_text(spec_format)
    except (TorusError, TypeError) as error:
        assert spec_format not in ("yaml", "json")
        assert_unsaid(said_by(error), spec_format)
    else:
        assert text.endswith("\n")
