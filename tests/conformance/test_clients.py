"""Clients that pass, and clients that are wrong in one thing, which some vector notices."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

import pytest
from conformance import wrong_clients
from conformance.playing import TESTS, client, why

from torus_connect.sandbox.conformance.library import vectors
from torus_connect.sandbox.conformance.vector import ORDER, READ

COMMAND = str(Path(sys.executable).with_name("torus-connect"))
NOT_WHAT_WAS_GIVEN = "the Token header is not the request token as it was given"
TWICE = "sent 2 requests, where 1 may be sent"
NO_OTHER_TOKEN = "ended with exit code 0 (ok); expected unknown"

CAUGHT = [
    ("Bearer", "request", "the Token header says Bearer"),
    ("TokenTwice", "request", "the Token header is there 2 times"),
    ("NoToken", "request", "there is no Token header"),
    ("EncodesTheToken", "request-base64-token", NOT_WHAT_WAS_GIVEN),
    ("EncodesTheToken", "request-url-characters", NOT_WHAT_WAS_GIVEN),
    ("JoinsTheLines", "request-token-with-line-break", NOT_WHAT_WAS_GIVEN),
    ("Authorization", "request", "there is an Authorization header"),
    ("SecretInHeader", "request", "the API secret is in a header"),
    ("NoContentType", "request", "there is no Content-Type"),
    ("AnotherCharset", "request", "the Content-Type is not application/json"),
    ("Put", "request", "the method is PUT, not POST"),
    ("Http10", "request", "it is not HTTP/1.1"),
    ("SecretInUrl", "request-markup", "the API secret is in the URL"),
    ("TokenInPath", "request", "the request token is in the URL"),
    ("Query", "request", "the URL has a query string"),
    ("TrailingSlash", "request", "the path is not /api/v1/session/generate"),
    ("LowerCase", "request", "the body does not have exactly API_KEY and API_SECRET, each once"),
    ("FurtherProperty", "request", "the body does not have exactly API_KEY and API_SECRET, each once"),
    ("KeyTwice", "request", "the body does not have exactly API_KEY and API_SECRET, each once"),
    ("Array", "request", "the body is not a JSON object"),
    ("Numbers", "request-looks-like-numbers", "API_KEY is not a string"),
    ("Trims", "request-blanks-inside", "API_SECRET is not what was given"),
    ("Pastes", "request-quotes-and-backslashes", "the body is not JSON in UTF-8"),
    ("Latin1", "request-beyond-ascii", "the body is not JSON in UTF-8"),
    ("FollowsRedirects", "redirect-307-other-host", "followed the redirect, and took secrets to the other place"),
    ("FollowsRedirects", "redirect-303-same-host", "followed the redirect"),
    ("FollowsRedirects", "redirect-307-same-url", "followed the redirect"),
    ("ConnectsElsewhere", "redirect-308-other-scheme", "followed the redirect to the other place"),
    ("TriesAgain", "status-500", TWICE),
    ("TriesAgain", "status-503", TWICE),
    ("TriesAgainWhatIsLost", "lost-closed", TWICE),
    ("TriesAgainWhatIsLost", "lost-reset", TWICE),
    ("TriesAgainWhatIsLost", "lost-in-chunks", TWICE),
    ("DoesNotWait", "status-429-retry-after", "tried again after 0."),
    ("DoesNotWait", "status-429-retry-after-long", TWICE),
    ("NeverGivesUp", "status-429", "sent 10 requests, where 5 may be sent"),
    ("AnswersTheChallenge", "status-401-challenge", "request 2: there is an Authorization header"),
    ("KeepsCookies", "set-cookie", "request 2: there is a Cookie header"),
    ("TakesNull", "unusable-null-token", NO_OTHER_TOKEN),
    ("TakesAnySuccess", "status-201", NO_OTHER_TOKEN),
    ("TakesAnyStatus", "status-418", "ended with exit code 0 (ok); expected refused"),
    ("AnyCase", "unusable-other-case", NO_OTHER_TOKEN),
    ("TakesWhatIsThere", "lost-after-json", NO_OTHER_TOKEN),
    ("OneCodeForAll", "status-400", "ended with exit code 1, which means nothing; expected refused"),
    ("AlwaysUnknown", "status-400", "ended with exit code 5 (unknown); expected refused"),
    ("AlwaysUnknown", "not-connected", "ended with exit code 5 (unknown); expected not_sent"),
    ("SaysNotSent", "status-400", "ended with exit code 3 (not_sent), and sent a request"),
    ("Labels", "success", "printed something else than the access token alone"),
    ("Labels", "status-400", "printed something on standard output, though there is no access token"),
    ("LogsTheSecret", "success", "wrote a secret to standard error"),
    ("LogsTheReply", "status-400-echo", "wrote a secret to standard error"),
    ("SendsNothing", "success", "sent no request"),
    ("NoBearer", "order-success", "there is not one Authorization header with Bearer and the access token"),
    ("BareTokenToo", "order-success", "there is a Token header"),
    ("BearerInUrl", "read-success", "the access token is in the URL"),
    ("AnotherOrder", "order-success", "data is not the order as it was given"),
    ("OrderOfNumbers", "order-success", "data is not the order as it was given"),
    ("NoSource", "order-success", "the body does not have exactly data and source, each once"),
    ("NoSource", "read-success", "the body does not have exactly source, each once"),
    ("EmptySource", "read-success", "source is not a string with something in it"),
    ("OrderAsForm", "order-success", "the body is not JSON in UTF-8"),
    ("OrdersAgain", "order-lost-reset", TWICE),
    ("OrdersAgain", "order-status-401", TWICE),
    ("OrdersAgain", "order-status-429-retry-after", TWICE),
    ("TakesAWaitForANo", "order-status-503-retry-after", "ended with exit code 4 (refused); expected unknown"),
    ("TakesAnyWord", "order-word-unseen", NO_OTHER_TOKEN),
    (
        "FollowsWithBearer",
        "order-redirect-307-other-host",
        "followed the redirect, and took secrets to the other place",
    ),
    ("LogsTheBearer", "order-success", "wrote a secret to standard error"),
    ("SaysMore", "order-success", "printed something else than the number of the order alone"),
    ("SaysMore", "read-empty", "printed something on standard output, though there is no ISIN of the first holding"),
    ("ReadsAtOnce", "read-status-429-retry-after", "tried again after 0."),
]
OF_AN_ACCOUNT = {vector.name: vector.operation for each in (ORDER, READ) for vector in vectors(operation=each)}


def one_of_each_kind() -> set[str]:
    """Return the first of all vectors that look at the same: what is sent, lost, expected."""
    kinds: dict[object, list[str]] = {}
    for vector in vectors():
        faults = tuple(reply.fault for reply in vector.replies)
        kinds.setdefault((vector.name.partition("-")[0], faults, vector.expected.outcomes), []).append(vector.name)
    return {names[0] for names in kinds.values()}


def all_of_them() -> set[str]:
    return {vector.name for vector in vectors()}


@pytest.mark.parametrize("choose", [one_of_each_kind, pytest.param(all_of_them, marks=pytest.mark.soak)])
def test_the_command_passes(choose: Callable[[], set[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # a client is given no XDG_STATE_HOME, and this one keeps replies
    chosen = choose()
    assert why((COMMAND, "session", "generate", "--timeout", "2"), *chosen, jobs=6) == dict.fromkeys(chosen, "")


@pytest.mark.soak
def test_the_asynchronous_client_passes_all() -> None:
    failed = why(sdk("async"))
    assert {name: reason for name, reason in failed.items() if reason} == {}


def sdk(variant: str) -> tuple[str, ...]:
    return (sys.executable, str(TESTS / "conformance" / "sdk_client.py"), variant)


@pytest.mark.parametrize(
    ("variant", "names"),
    [
        ("sync", "order-lost-reset order-status-503-retry-after order-status-401 read-success read-lost-closed"),
        (
            "async",
            "order-success order-word-unseen order-status-400-number order-lost-closed read-status-429-retry-after",
        ),
        *(pytest.param(each, " ".join(OF_AN_ACCOUNT), marks=pytest.mark.soak) for each in ("sync", "async")),
    ],
    ids=["some-sync", "some-async", "all-sync", "all-async"],
)
def test_orders_and_reads_of_this_sdk(variant: str, names: str) -> None:
    assert why(sdk(variant), *names.split()) == dict.fromkeys(names.split(), "")


@pytest.mark.soak
def test_the_trader_without_a_fault_passes_all() -> None:
    assert set(why(client("Trader", "right_client"), *OF_AN_ACCOUNT).values()) == {""}


@pytest.mark.soak
def test_the_client_without_a_fault_passes_all_but_one() -> None:
    failed = why(client("Client", "right_client"))
    assert {name: reason for name, reason in failed.items() if reason} == {
        "success-early-hints": "ended with exit code 5 (unknown); expected ok"
    }


def test_the_client_without_a_fault_passes_where_others_are_caught() -> None:
    names = {vector for _, vector, _ in CAUGHT}
    assert set(why(client("Client", "right_client"), *names - OF_AN_ACCOUNT.keys()).values()) == {""}
    assert set(why(client("Trader", "right_client"), *names & OF_AN_ACCOUNT.keys()).values()) == {""}


@pytest.mark.parametrize(("name", "vector", "reason"), CAUGHT)
def test_what_is_wrong_is_noticed(name: str, vector: str, reason: str) -> None:
    assert why(client(name), vector)[vector].startswith(reason)


@pytest.mark.parametrize(("name", "vector"), [("NoTimeout", "lost-silence"), ("Hangs", "success")])
def test_what_does_not_end(name: str, vector: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torus_connect.sandbox.conformance.client.TIME_LIMIT", 1.0)
    assert why(client(name), vector) == {vector: "had not ended after 1 s"}
    end = monotonic() + 5  # the system takes a moment to end what was killed
    while running(f"import {name};") and monotonic() < end:
        sleep(0.01)
    assert not running(f"import {name};")


def running(command: str) -> list[bytes]:
    """Return the command lines of all processes that hold this."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended meanwhile
            found.append(path.read_bytes())
    return [line for line in found if command.encode() in line]


def test_every_wrong_client_is_played() -> None:
    names = {
        name
        for name, kind in vars(wrong_clients).items()
        if isinstance(kind, type) and kind.__module__ == wrong_clients.__name__
    }
    assert names == {name for name, _, _ in CAUGHT} | {"NoTimeout", "Hangs"}
