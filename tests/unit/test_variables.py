"""One reader for all variables and options: it strips, and refuses quotes, control characters and comments by name."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import keyring
import pytest
import trustme
from conftest import API_KEY, API_SECRET
from cryptography.fernet import Fernet
from keyring.backend import KeyringBackend

import torus_connect
from torus_connect import ConfigurationError, Session, TorusConnect
from torus_connect.cli._arguments import parser
from torus_connect.cli._messages import log_to_stderr
from torus_connect.cli._session import _request_token
from torus_connect.cli._totp import totp_secret
from torus_connect.cli._variables import HANDED_ON, KNOWN
from torus_connect.stores import SessionKey, open_store
from torus_connect.stores._file_store import FileStore
from torus_connect.stores._redis.encryption import fernet_of_environment

SOURCE = Path(torus_connect.__file__).parent
KEY = Fernet.generate_key().decode()
LOGGERS = ("torus_connect",)
SECRET = "JBSWY3DPEHPK3PXP"
URL = "https://host.example/api"


class Ring(KeyringBackend):
    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        return SECRET if (service, username) == ("torus-connect", "an-entry") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


def client() -> TorusConnect:
    return TorusConnect(api_key=API_KEY, api_secret=API_SECRET)


def trusted() -> list[object]:
    context = client()._network.tls_context()
    assert context
    return [*context.get_ca_certs()]


def opened_path() -> str:
    store = open_store()
    assert isinstance(store, FileStore)
    return str(store.path(SessionKey(URL, API_KEY, "a-user")).parent)


class Variable(NamedTuple):
    """How a variable is read, a value for it and what comes of that, and whether it may hold no blanks."""

    read: Callable[[], object]
    value: str
    expected: object = None
    secret: bool = False


VARIABLES = {
    "TORUS_API_KEY": Variable(lambda: TorusConnect()._settings.api_key, "a-key", "a-key", secret=True),
    "TORUS_API_SECRET": Variable(
        lambda: TorusConnect(api_key=API_KEY)._settings.api_secret, "a-secret", "a-secret", secret=True
    ),
    "TORUS_REQUEST_TOKEN": Variable(lambda: _request_token(None), "a-token", "a-token", secret=True),
    "TORUS_BASE_URL": Variable(lambda: client()._settings.base_url, URL, URL),
    "TORUS_TOTP_BASE_URL": Variable(lambda: client()._settings.totp_base_url, URL, URL),
    "TORUS_ACCOUNT_BASE_URL": Variable(lambda: client()._settings.account_base_url, URL, URL),
    "TORUS_DAY_ENDS": Variable(lambda: Session("demo").day_ends, "03:30", "03:30"),
    "TORUS_CA_FILE": Variable(lambda: len(trusted()), "{ca}", 1),
    "TORUS_TRUST": Variable(lambda: client()._network._trust, "certifi", "certifi"),
    "TORUS_LOG": Variable(log_to_stderr, "error"),
    "TORUS_SESSION_STORE": Variable(opened_path, "file:/a folder", "/a folder"),
    "XDG_STATE_HOME": Variable(opened_path, "/a folder", "/a folder/torus-connect"),
    "TORUS_STORE_KEY": Variable(lambda: bool(fernet_of_environment()), KEY, expected=True, secret=True),
    "TORUS_STORE_KEY_FILE": Variable(lambda: bool(fernet_of_environment()), "{keys}", expected=True),
    # The secret of an authenticator is shown in groups, with blanks between them.
    "TORUS_TOTP_SECRET": Variable(totp_secret, SECRET, SECRET),
    "TORUS_TOTP_SECRET_FILE": Variable(totp_secret, "{secret}", SECRET),
    "TORUS_TOTP_KEYRING": Variable(totp_secret, "an-entry", SECRET),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("a folder")
    paths = {name: folder / f"{name} file" for name in ("ca", "keys", "secret")}
    trustme.CA().cert_pem.write_to_path(str(paths["ca"]))
    # As an editor of another system leaves them.
    paths["keys"].write_bytes(f"\ufeff{KEY}\r\n{KEY} \r\n\r\n".encode())
    paths["secret"].write_bytes(f"\ufeff{SECRET}\r\n".encode())
    for path in paths.values():
        path.chmod(0o600)
    return paths


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    before = keyring.get_keyring()
    loggers = [(logger, logger.level, logger.handlers[:]) for logger in map(logging.getLogger, LOGGERS)]
    keyring.set_keyring(Ring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)
    for logger, level, handlers in loggers:
        logger.setLevel(level)
        logger.handlers[:] = handlers


@pytest.mark.parametrize("name", VARIABLES)
def test_what_surrounds_a_value_is_dropped(name: str, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    read, value, expected, _ = VARIABLES[name]
    for before, after in (("", ""), ("", "\r"), ("\ufeff", "\r\n"), (" \t\u200b", "\u00a0 ")):
        monkeypatch.setenv(name, f"{before}{value.format_map(files)}{after}")
        assert read() == expected


@pytest.mark.parametrize("name", VARIABLES)
def test_what_is_refused_by_name(name: str, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    read, value, _, secret = VARIABLES[name]
    value = value.format_map(files)
    half = len(value) // 2
    bad = {
        f'"{value}"': "must not be in quotes",
        f"'{value}'\r": "must not be in quotes",
        f" \u201c{value}\u201d": "must not be in quotes",
        f"{value[:half]}\n{value[half:]}": "may hold no line break and no other control character",
        f"{value[:half]}\x1b{value[half:]}": "may hold no line break and no other control character",
    }
    if secret:
        bad |= dict.fromkeys([f"{value} # note", f"{value[:half]} {value[half:]}"], "may hold no blanks")
    for each, rule in bad.items():
        monkeypatch.setenv(name, each)
        with pytest.raises(ConfigurationError, match=re.escape(rule)) as caught:
            read()
        assert name in caught.value.args[0]
        assert value not in str(caught.value)
        assert caught.value.__context__ is None


def test_what_a_file_holds_is_read_likewise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    for name, read, held, rule in (
        ("TORUS_STORE_KEY_FILE", fernet_of_environment, f'"{KEY}"', "must not be in quotes"),
        ("TORUS_STORE_KEY_FILE", fernet_of_environment, f"{KEY}\n{KEY} # old", "may hold no blanks"),
        ("TORUS_TOTP_SECRET_FILE", totp_secret, f"'{SECRET}'\n", "must not be in quotes"),
        ("TORUS_TOTP_SECRET_FILE", totp_secret, f"{SECRET}\n{SECRET}\n", "may hold no line break"),
    ):
        path.write_text(held)
        path.chmod(0o600)
        with monkeypatch.context() as patch:
            patch.setenv(name, str(path))
            with pytest.raises(ConfigurationError, match=f"in the file of {name} {rule}") as caught:
                read()
            assert held not in str(caught.value)


def test_code_may_hand_in_what_a_variable_may_not() -> None:
    settings = TorusConnect(api_key='"a key"', api_secret="a secret # of its own")._settings
    assert (settings.api_key, settings.api_secret) == ('"a key"', "a secret # of its own")


def test_every_variable_is_read_by_the_one_reader() -> None:
    """A new one is read by it, and comes into the table above."""
    named, reading = set(), set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"\bTORUS_[A-Z_]+[A-Z]\b", text))
        if re.search(r"environ(?:b|\.get|\[)|getenv", text):
            reading.add(path.relative_to(SOURCE).as_posix())
    assert named == {name for name in VARIABLES if name.startswith("TORUS_")} | set(HANDED_ON) == set(KNOWN)
    # Beside the reader: variables of the system and its programs, which are handed on or looked at, and are not ours.
    assert reading == {
        "_config/checks.py",
        "_transport/tls_context.py",
        "cli/_programs.py",
        "sandbox/conformance/client.py",
    }


def test_the_page_of_the_settings_has_every_variable(repository: Path) -> None:
    section = (
        (repository / "docs/reference/settings.md").read_text().partition("## All variables")[2].partition("\n## ")[0]
    )
    rows = (line.split(" | ")[0] for line in section.splitlines() if line.startswith("| `"))
    assert sorted(name for row in rows for name in re.findall(r"`(\w+)`", row)) == sorted(KNOWN)


OPTIONS = [
    (command, option, value)
    for command, options in {
        "session show": {"--user": "a-user", "--store": "file:/x", "--base-url": URL},
        "session generate": {
            "--output": "json",
            "--base-url": URL,
            "--timeout": "1",
            "--total-timeout": "1",
            "--max-retries": "1",
            "--save-reply": "/x y",
            "--request-token": "-",
            "--totp": "-",
            "--totp-secret-file": "/x y",
            "--totp-keyring": "an entry",
            "--totp-digits": "6",
            "--totp-period": "30",
            "--totp-digest": "sha1",
        },
        "login": {"--user": "a-user", "--port": "1", "--path": "/x", "--timeout": "1", "--save-reply": "/x y"},
        "sandbox": {"--port": "1", "--redirect-url": "http://localhost:1/", "--only": "success", "--jobs": "1"},
        "spec": {"--format": "json", "--pack": "/x y"},
    }.items()
    for option, value in options.items()
]


def parsed(command: str, option: str, value: str) -> Any:
    return getattr(parser().parse_args([*command.split(), option, value]), option.strip("-").replace("-", "_"))


@pytest.mark.parametrize(("command", "option", "value"), OPTIONS)
def test_options_are_read_likewise(command: str, option: str, value: str) -> None:
    clean = parsed(command, option, value)
    assert parsed(command, option, f"\ufeff{value} \r") == clean
    for bad, rule in ((f'"{value}"', "must not be in quotes"), (f"x\n{value}", "may hold no line break")):
        said = StringIO()
        with redirect_stderr(said), pytest.raises(SystemExit) as caught:
            parsed(command, option, bad)
        assert caught.value.code == 2
        assert f"{option}: {rule}" in re.sub(r"argument \S*?(--)", r"\1", said.getvalue())


def test_the_words_of_another_program_are_left_alone() -> None:
    words = ["a program", '"quoted"', " blanks ", "line\nbreak", ""]
    assert parser().parse_args(["run", "--", *words]).program[-len(words) :] == words
    assert parser().parse_args(["sandbox", "--conformance", "--", *words]).client == words


@pytest.mark.parametrize(("user", "rule"), [("a\nb", "line break"), ("a\x1bb", "control"), ('"a"', "quotes")])
def test_the_name_of_a_user(user: str, rule: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^user m.* {rule}"):
        SessionKey(URL, API_KEY, user)


def test_what_surrounds_the_name_of_a_user_is_no_part_of_it() -> None:
    digest = SessionKey(URL, API_KEY, "a user").digest
    assert SessionKey(URL, API_KEY, "\ufeffa user\r\n").digest == digest
    # What joins letters is part of a name.
    assert SessionKey(URL, API_KEY, "\u0915\u094d\u200d\u0937").user == "\u0915\u094d\u200d\u0937"
