"""The suite proves itself: whatever is let out on purpose is found, in its own channel."""

from __future__ import annotations

import base64
import html
import importlib
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from canary import holders
from canary.conftest import Watching
from canary.detector import CHANNELS, Detector
from canary.examine import examine, look_at_result
from canary.forms import Scanner
from canary.leaks import LEAKS, Leak
from canary.test_command import descendants
from canary.tools import TOOLS
from faults.kinds import FACES
from faults.planted import REQUEST_TOKEN, SECRETS
from faults.table import ROWS


@pytest.fixture
def shown_before(request: pytest.FixtureRequest) -> set[object] | None:
    """Return nothing: a leak that is planted changes what is shown of an error, and no other test may count on it."""
    leak = getattr(request.node, "callspec", None) and request.node.callspec.params.get("leak")
    return set() if leak and leak.channel in TOOLS else None


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(letter):04X}" for letter in text)


def percent(text: str) -> str:
    return "".join(f"%{ord(letter):02X}" for letter in text)


@pytest.mark.parametrize(
    "write",
    [
        str,
        str.upper,
        repr,
        lambda text: repr(text.encode()),
        lambda text: repr([{"a": text}]),
        lambda text: repr(repr(text)),
        json.dumps,
        lambda text: json.dumps(json.dumps(text)),
        escaped,
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
        lambda text: base64.encodebytes(text.encode()).decode(),
        quote,
        lambda text: quote(text, safe=""),
        quote_plus,
        percent,
        lambda text: percent(text).lower(),
        lambda text: text.encode().hex(),
        lambda text: text.encode().hex().upper(),
        html.escape,
        shlex.quote,
        lambda text: text.encode("utf-16").decode("latin-1"),
        lambda text: text[::-1],
        lambda text: "".join(filter(str.isalnum, text)),
    ],
)
def test_every_form_is_found(write: Callable[[str], str], scanner: Scanner) -> None:
    for name, secret in SECRETS.items():
        for before, after in (("", ""), ("a", "b"), ("ab", "cd"), ("abc", "d"), ("Bearer ", "\n")):
            text = write(before + secret + after)
            assert {found for found, _ in scanner.find(text)} == {name}
            assert {found for found, _ in scanner.find(text.encode("latin-1"))} == {name}


def test_nothing_is_found_where_nothing_is(scanner: Scanner) -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    assert not scanner.find(here)
    assert not scanner.find(base64.b64encode(here.encode()))


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: f"{leak.channel}, {leak.name}")
def test_a_planted_leak_is_found(
    leak: Leak, detector: Detector, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = next(row for row in ROWS if row.name == leak.row)
    with watching():
        leak.plant(monkeypatch)
        result = examine(row, detector, face="sync")
    look_at_result(detector, result)
    assert leak.channel in detector.channels


def test_every_channel_has_a_leak() -> None:
    assert {leak.channel for leak in LEAKS} == CHANNELS


def test_the_arguments_of_a_child_are_seen(detector: Detector) -> None:
    grandchild = "[sys.executable, '-c', 'print(flush=True); input()', sys.stdin.readline()]"
    code = f"import subprocess, sys; subprocess.run({grandchild})"
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert child.stdin
    assert child.stdout
    child.stdin.write(f"{REQUEST_TOKEN}\n")
    child.stdout.readline()
    for pid in descendants(child.pid):
        detector.look("processes", str(pid), Path(f"/proc/{pid}/cmdline").read_bytes())
    child.communicate("\n")
    assert "processes" in detector.channels


@pytest.mark.parametrize("face", FACES)
def test_what_a_client_keeps_is_kept_where_it_is_said_to_be(
    face: str, detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = next(row for row in ROWS if row.name == "through a proxy")
    monkeypatch.setattr(holders, "KEPT", {})
    result = examine(row, detector, face=face)
    assert result.value
    assert {finding.secret for finding in detector.findings} == {"API secret", "proxy password"}


@pytest.mark.parametrize("place", [*holders.OPAQUE, *holders.KEPT])
def test_every_place_exists(place: str) -> None:
    split = re.fullmatch(r"([a-z0-9_.]+)\.([A-Za-z]+)(\.\w+)?", place)
    assert split
    assert isinstance(getattr(importlib.import_module(split[1]), split[2]), type)


def test_every_exemption_has_a_reason() -> None:
    for reasons in (holders.OPAQUE, holders.KEPT, holders.SENT, holders.COMMAND):
        assert all(reasons.values())
