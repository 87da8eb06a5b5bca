"""Nothing shows a code or the secret of an authenticator."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from canary.conftest import Watching
from canary.detector import Detector
from canary.forms import FORMS, Scanner
from canary.inputs import others, texts
from faults.behaviours import GOOD_REPLY, ends, said
from faults.kinds import FACES
from faults.planted import ACCESS_TOKEN, API_KEY
from support.raw_server import RawServer, answer

from torus_connect import AsyncTorusConnect, ConfigurationError, TorusConnect, TorusError
from torus_connect.cli import main
from torus_connect.totp import totp, totp_code

CODE = "82818272"
AUTHENTICATOR = "CANARYOFTHEAUTHENTICATOR4Z6Y2X7W"
ECHO = json.dumps({"error": CODE, "details": AUTHENTICATOR}).encode()
BASE_URL = "https://127.0.0.1:1/api/v1"
GENERATE = ("session", "generate")


class CodeScanner(Scanner):
    """Looks for a code, too: it is shorter than other secrets, so only for the whole of it."""

    def __init__(self) -> None:
        super().__init__({"authenticator": AUTHENTICATOR, "access token": ACCESS_TOKEN})
        for form, write in FORMS.items():
            for needle in write(CODE):
                self._needles.setdefault(needle.lower(), ("code", form))


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return CodeScanner()


@pytest.fixture(autouse=True)
def _log(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command logs to standard error, all of it."""
    monkeypatch.setenv("TORUS_LOG", "debug")
    loggers = [logging.getLogger("torus_connect")]
    before = [(logger, logger.level, list(logger.handlers)) for logger in loggers]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


def call(face: str, code: Any, detector: Detector, **options: Any) -> None:
    async def in_loop() -> None:
        async with AsyncTorusConnect(api_key=API_KEY, **options) as torus:
            try:
                await torus.generate_session_with_totp(code)
            finally:
                detector.reach("client", torus)

    if face == "async":
        asyncio.run(in_loop())
        return
    with TorusConnect(api_key=API_KEY, **options) as torus:
        try:
            torus.generate_session_with_totp(code)
        finally:
            detector.reach("client", torus)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("value", [*texts(CODE).values(), *others(CODE).values(), f"{CODE}0", f"x{CODE}"])
def test_a_code_that_is_refused(value: Any, face: str, detector: Detector, watching: Watching) -> None:
    with watching(), pytest.raises(ConfigurationError) as caught:
        call(face, value, detector, base_url=BASE_URL)
    detector.error(caught.value)
    detector.assert_nothing_found()


@pytest.mark.parametrize(
    "value", [*texts(AUTHENTICATOR).values(), *others(AUTHENTICATOR).values(), f"{AUTHENTICATOR}1", AUTHENTICATOR[:-2]]
)
@pytest.mark.parametrize("make", [totp_code, lambda secret: totp(secret).fresh()])
def test_a_secret_that_is_refused(make: Any, value: Any, detector: Detector, watching: Watching) -> None:
    with watching():
        try:
            detector.thing("code", make(value))
        except ConfigurationError as exc:
            detector.error(exc)
    detector.assert_nothing_found()


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("reply", [GOOD_REPLY, said("409", ECHO), said("500", ECHO), said("200", ECHO), b"cut"])
def test_what_the_service_answers(reply: bytes, face: str, detector: Detector, watching: Watching) -> None:
    with RawServer(ends(reply)) as server, watching():
        try:
            call(face, CODE, detector, base_url=server.base_url)
        except TorusError as exc:
            detector.error(exc)
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    detector.look("headers sent", "head", head)
    assert json.loads(body)["TOTP"] == CODE
    detector.assert_nothing_found()


def test_the_command(detector: Detector, watching: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(answer(GOOD_REPLY)) as server:
        monkeypatch.setenv("TORUS_API_KEY", API_KEY)
        monkeypatch.setenv("TORUS_BASE_URL", server.base_url)
        monkeypatch.setenv("TORUS_TOTP_SECRET", AUTHENTICATOR)
        with watching(result=f"{ACCESS_TOKEN}\n"):
            assert main([*GENERATE, "--totp"]) == 0
    assert len(server.requests) == 1
    detector.assert_nothing_found()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--totp", CODE),
        (f"--totp={CODE}",),
        ("--totp", "--totp-digits", CODE),
        ("--totp", "--totp-period", CODE),
        ("--totp", "--totp-digest", AUTHENTICATOR),
        ("--totp", f"--totp-secret={AUTHENTICATOR}"),
        ("--totp", "--totp-secret-file", AUTHENTICATOR),
        ("--totp", "--totp-secret-file", "<file>"),
        ("--totp-secret-file", AUTHENTICATOR),
    ],
)
def test_bad_arguments(
    arguments: tuple[str, ...],
    detector: Detector,
    watching: Watching,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    file: Path = tmp_path_factory.mktemp("totp") / "readable"
    file.write_text(AUTHENTICATOR)
    file.chmod(0o644)
    monkeypatch.setenv("TORUS_API_KEY", API_KEY)
    monkeypatch.setenv("TORUS_BASE_URL", BASE_URL)
    with watching():
        try:
            code: object = main([*GENERATE, *(str(file) if word == "<file>" else word for word in arguments)])
        except SystemExit as exc:
            code = exc.code
    assert code == 2
    assert [finding for finding in detector.findings if finding.where != str(file)] == []
