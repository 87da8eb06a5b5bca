"""What cannot be read may hold anything; and a number that may be 0."""

from __future__ import annotations

import pytest

from torus_connect import ConfigurationError
from torus_connect._calls.response import _may_hold
from torus_connect._config.checks import checked_number
from torus_connect.reply import Headers, Reply


@pytest.mark.parametrize(
    ("content", "is_decoded", "may"),
    [
        (b'{"message": "no"}', True, False),
        (b"no", True, False),
        (b"no", False, True),
        ('{"message": "no"}'.encode("utf-16-le"), True, True),
        (b"\xff", True, True),
        (b'{"order', True, True),
        (b'\xef\xbb\xbf \t\r\n["order', True, True),
        (b"X{<p>{</p>", True, False),
        (b'"message": "no"', True, False),
        (b'"order_no is missing"', True, False),
        (b"""{"message": "{'order_no': '7'}"}""", True, True),
        (b"""{"message": "{'order_no': None, 'ORDER_NO': ''}"}""", True, False),
        (rb"""{"message": "{\"message\": \"{\\\"order_no\\\": 7}\"}"}""", True, True),
        (rb"""{"message": "{\"message\": \"{\\\"order_no\\\": \\\" \\\"}\"}"}""", True, False),
    ],
)
def test_what_may_hold_the_number_of_an_order(content: bytes, *, is_decoded: bool, may: bool) -> None:
    assert _may_hold(Reply(400, Headers(), content, is_decoded=is_decoded), ("order_no",)) is may


def test_a_number_that_may_be_0() -> None:
    assert checked_number("settle", 0, may_be_zero=True) == 0
    with pytest.raises(ConfigurationError, match=r"settle must be 0 or more and at most 9 seconds"):
        checked_number("settle", -1, most=9, may_be_zero=True)
    with pytest.raises(ConfigurationError, match="settle must be above 0 and at most 9 seconds"):
        checked_number("settle", 0, most=9)
