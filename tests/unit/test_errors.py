from __future__ import annotations

import copy
import pickle

import pytest

import torus_connect
from torus_connect import APIStatusError, Headers, Outcome, Reply, TorusError
from torus_connect.errors import TorusError as Root

ERRORS = [
    value
    for name in torus_connect.__all__
    if isinstance(value := getattr(torus_connect, name), type) and issubclass(value, TorusError)
]
REPLY = Reply(418, Headers([("Retry-After", "7")]), b'{"message": "canary"}')


def test_one_tree() -> None:
    assert TorusError is Root
    assert len(ERRORS) == 29
    assert issubclass(torus_connect.ConfigurationError, ValueError)


@pytest.mark.parametrize("cls", ERRORS)
def test_the_message_ends_with_what_to_do_and_holds_no_reply(cls: type[TorusError]) -> None:
    error = cls("What happened", reply=REPLY)
    first, last = str(error).split("\n")
    assert first == "What happened"
    assert last.endswith(".")
    assert isinstance(error.outcome, Outcome)
    assert error.reply is REPLY
    for shown in (str(error), repr(error), str(error.args), str(vars(error))):
        assert "canary" not in shown


@pytest.mark.parametrize("cls", ERRORS)
def test_copies_keep_the_reply_and_pickles_drop_what_it_holds(cls: type[TorusError]) -> None:
    error = cls("What happened", reply=REPLY)
    for copied in (copy.copy(error), copy.deepcopy(error)):
        assert type(copied) is cls
        assert copied.reply is REPLY
        assert str(copied) == str(error)
    pickled = pickle.dumps(error)
    assert b"canary" not in pickled
    loaded = pickle.loads(pickled)
    assert type(loaded) is cls
    assert str(loaded) == str(error)
    assert repr(loaded.reply) == "<Reply 418, 0 bytes>"


def test_an_error_that_is_half_built_can_be_shown() -> None:
    assert str(TorusError.__new__(TorusError)).startswith("TorusError\n")


def test_what_a_status_error_carries() -> None:
    error = APIStatusError("What happened", reply=REPLY)
    assert error.status_code == 418
    assert error.headers["retry-after"] == "7"
    assert error.retry_after == 7.0
    assert error.service_message == "canary"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"error": "an error", "details": "the details"}', "an error: the details"),
        (b'{"error": "", "details": "the details"}', "the details"),
        (b'{"status": "error", "message": "a message", "data": null}', "a message"),
        (b'{"error": {"code": 1}}', None),
        (b"{}", None),
        (b"<html>", None),
    ],
)
def test_the_words_of_the_service(content: bytes, expected: str | None) -> None:
    assert APIStatusError("", reply=Reply(400, Headers(), content)).service_message == expected


def test_an_order_whose_fate_is_unknown_is_looked_for_by_its_reference() -> None:
    error = torus_connect.ReplyLost("What happened")
    error.concern_order("a-reference")
    assert error.reference == "a-reference"
    look = "see what find_order('a-reference') returns before you do anything else."
    assert str(error) == f"What happened\nIt may have been served: {look}"
    refused = torus_connect.RateLimited("What happened", reply=REPLY)
    before = str(refused)
    refused.concern_order("a-reference")
    assert str(refused) == before
