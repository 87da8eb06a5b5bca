"""What a person at a terminal is told to do next is not what a back end is told."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

import pytest

import torus_connect.stores
from torus_connect import Headers, LoginTimeout, Reply, TorusError
from torus_connect._login.redirect import LoginFault
from torus_connect.cli._messages import in_words
from torus_connect_api.api.account import holdings
from torus_connect_api.api.session import generate_session, generate_session_with_totp

GENERATE: dict[str, Any] = {"command": "session", "verb": "generate", "totp": None}
SITUATIONS: dict[str, dict[str, Any]] = {
    "generate": GENERATE,
    "code": {**GENERATE, "totp": "-"},
    "login": {"command": "login", "pasted": False},
    "paste": {"command": "login", "pasted": True},
    "call": {"command": "holdings", "called": "holdings", "look": "", "pasted": False},
    "asha": {"command": "holdings", "called": "holdings", "look": "", "pasted": False, "user": "asha"},
    "show": {"command": "session", "verb": "show", "pasted": False},
}
OPERATIONS: dict[str, Any] = {"code": generate_session_with_totp, "call": holdings}
FOR_PROGRAMS = ("let the user", "call again", "kept with this error", "`login`", "error.session")
# What no command makes, or has words of its own for.
NOT_HERE = {"ClientClosed", "LoginNeeded", "SessionNotKept"}


def kinds(cls: type[TorusError] = TorusError) -> Iterator[type[TorusError]]:
    yield cls
    for below in cls.__subclasses__():
        yield from kinds(below)


def said(name: str, situation: str, message: str = "What happened") -> str:
    cls = next(cls for cls in kinds() if cls.__name__ == name)
    error = cls(message, reply=Reply(401, Headers(), b""))
    error.concern(OPERATIONS.get(situation, generate_session).OPERATION)
    return in_words(error, argparse.Namespace(**SITUATIONS[situation])).removeprefix(f"{message}\n")


@pytest.mark.parametrize("situation", SITUATIONS)
def test_nothing_that_is_for_programs(situation: str) -> None:
    assert issubclass(torus_connect.stores.StoreError, TorusError)  # its kinds are there
    names = {cls.__name__ for cls in kinds() if cls.__module__.startswith("torus_connect.")}
    for name in names - NOT_HERE:
        step = said(name, situation)
        assert not [words for words in FOR_PROGRAMS if words in step], (name, step)
        assert ("code" in step) <= (situation == "code")


def test_a_name_of_a_user_is_no_part_of_the_words() -> None:
    error = LoginTimeout("What happened")
    shown = in_words(error, argparse.Namespace(**{**SITUATIONS["login"], "user": "{x}}"}))
    assert shown.endswith("log in again, with `torus-connect login --user '{x}}'`.")


REFUSED = LoginFault.REFUSED.value
LOG_IN = "log in again, with `torus-connect login`"


@pytest.mark.parametrize(
    ("name", "situation", "message", "step"),
    [
        ("LoginFailed", "paste", "x", "Nothing was sent: paste the whole address that the login ended at."),
        ("LoginFailed", "paste", REFUSED, f"Nothing was sent: {LOG_IN}."),
        ("LoginFailed", "login", REFUSED, f"Nothing was sent: {LOG_IN}."),
        ("LoginTimeout", "login", "x", f"Nothing was sent: {LOG_IN}."),
        (
            "LoginFailed",
            "generate",
            "x",
            "Nothing was sent: give the request token, or the whole address that the login ended at.",
        ),
        (
            "ConnectionFailed",
            "paste",
            "x",
            "Nothing was sent: check network and base URL, then paste the same address again.",
        ),
        ("ConnectionFailed", "login", "x", f"Nothing was sent: check network and base URL, then {LOG_IN}."),
        (
            "ConnectionFailed",
            "generate",
            "x",
            "Nothing was sent: check network and base URL, then try again with the same request token.",
        ),
        (
            "ConnectionFailed",
            "code",
            "x",
            "Nothing was sent: check network and base URL, then try again with the same code.",
        ),
        (
            "ServerError",
            "login",
            "x",
            "The request token may be spent. Log in again, with `torus-connect login`.",
        ),
        (
            "ReplyLost",
            "code",
            "x",
            (
                "The code may be spent. Wait for the next code of the authenticator app, and see that the clock "
                "of this machine is right, and the authenticator's secret that of this user."
            ),
        ),
        ("ReplyLost", "generate", "x", "The request token may be spent. Log in again in the browser for a new one."),
        ("SessionExpired", "asha", "x", f"Nothing was sent: {LOG_IN[:-1]} --user asha`."),
        ("ConfigurationError", "show", "x", "Nothing was sent: correct the value, and try again."),
    ],
)
def test_the_next_step(name: str, situation: str, message: str, step: str) -> None:
    assert said(name, situation, message) == step
