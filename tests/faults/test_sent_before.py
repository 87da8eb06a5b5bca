"""What an error says of a call counts for all of its attempts, not for the last one only."""

from __future__ import annotations

import pytest
from faults import behaviours as do
from faults.places import raw_behind_https, server_context
from faults.test_renewal import send
from support.kinds import READ
from support.raw_server import Behaviour, answer

from torus_connect import AccessToken, ConnectionFailed, Outcome, Session, TooManyCalls


@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize(
    ("first", "outcome", "step"),
    [
        (do.reset_after_reading, Outcome.UNKNOWN, "To make it once more changes nothing"),
        (
            answer(do.said("503", headers=("Connection: close",))),
            Outcome.UNKNOWN,
            "To make it once more changes nothing",
        ),
        (answer(do.said("429", headers=("Connection: close",))), Outcome.NOT_SENT, "Nothing was sent"),
        (do.closes, Outcome.NOT_SENT, "Nothing was sent"),
    ],
    ids=["lost", "503", "429", "not sent"],
)
def test_the_last_attempt_is_not_sent(face: str, first: Behaviour, outcome: Outcome, step: str) -> None:
    served = first if first is do.closes else do.encrypt(first, server_context())
    with raw_behind_https(do.on_first_connection(served, then=do.closes))() as place:
        token = AccessToken(Session("demo-token", base_url=place.base_url))
        with pytest.raises(ConnectionFailed, match=f"was not sent to .*\n{step}") as caught:
            send(face, token, READ, place.base_url, max_retries=2, **place.options)
        assert caught.value.outcome is outcome


@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize(
    ("first", "outcome"), [(do.reset_after_reading, Outcome.UNKNOWN), (do.closes, Outcome.NOT_SENT)]
)
def test_the_next_attempt_may_not_begin(face: str, first: Behaviour, outcome: Outcome) -> None:
    served = first if first is do.closes else do.encrypt(first, server_context())
    with raw_behind_https(served)() as place:
        token = AccessToken(Session("demo-token", base_url=place.base_url))
        options = {**place.options, "calls_per_second": 0.01, "total_timeout": 5}
        with pytest.raises(TooManyCalls) as caught:
            send(face, token, READ, place.base_url, max_retries=2, **options)
        assert caught.value.outcome is outcome
