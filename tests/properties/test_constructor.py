"""Every argument of the constructors with any value: a client, or a `ConfigurationError` that does not repeat it."""

from __future__ import annotations

import os
import ssl
from inspect import signature
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from properties.texts import anything, assert_unsaid, nasty_texts, numbers, others, said_by
from properties.urls import LISTENER, urls
from properties.wire import ACCESS_TOKEN, Listener, Trade, outcome_of

from torus_connect import AsyncTorusConnect, ConfigurationError, Outcome, Session, TorusConnect, TorusError

TOKEN = "property-request-token"


class HostilePath:
    """A path that is none when it is asked."""

    def __init__(self, answer: object) -> None:
        self._answer = answer

    def __fspath__(self) -> Any:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def _context(mode: ssl.VerifyMode, *, check_hostname: bool, protocol: int = ssl.PROTOCOL_TLS_CLIENT) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.check_hostname = False
    context.verify_mode = mode
    context.check_hostname = check_hostname
    return context


FILES = ("ca.pem", "pair.pem", "key.pem", "empty.pem", "binary.pem", "missing.pem", "folder")
named_files = st.sampled_from(FILES).map("<file>".__add__)
"""Stands for a file of the fixture `pem_files`, which no strategy can know."""
paths = st.one_of(
    named_files,
    named_files,
    nasty_texts.map("no-such-folder/".__add__),
    st.text(max_size=20).map(Path("no-such-folder").joinpath),
    st.builds(HostilePath, st.sampled_from([b"bytes", 7, None, OSError(5, "no"), ValueError("no"), "\0", "no-such"])),
    st.sampled_from(["", ".", "/", "..", "~", "\0", "a\0b", "\ud800", "a" * 5000]),
    others,
)
contexts = st.one_of(
    st.builds(_context, st.just(ssl.CERT_REQUIRED), check_hostname=st.booleans()),
    st.builds(_context, st.sampled_from([ssl.CERT_NONE, ssl.CERT_OPTIONAL]), check_hostname=st.just(False)),
    st.builds(
        _context,
        st.just(ssl.CERT_NONE),
        check_hostname=st.just(False),
        protocol=st.just(ssl.PROTOCOL_TLS_SERVER),
    ),
)
addresses = st.one_of(
    st.ip_addresses().map(str),
    st.sampled_from(
        ["127.0.0.1", "127.0.0.2", "::1", "fe80::1%lo", "::1%a b", "::1%\r\nx", "0.0.0.0", "1", "localhost"]
    ),
)
ARGUMENTS: dict[str, st.SearchStrategy[Any]] = {
    "api_key": anything,
    "api_secret": anything,
    "base_url": urls | anything,
    "totp_base_url": urls | anything,
    "timeout": numbers | anything,
    "connect_timeout": numbers | anything,
    "total_timeout": numbers | anything,
    "max_retries": numbers | anything,
    "ca_file": paths | st.tuples(paths) | st.tuples(paths, paths),
    "client_cert": st.one_of(
        paths,
        st.tuples(paths),
        st.tuples(paths, paths),
        st.tuples(named_files, named_files, anything),
        st.lists(paths, max_size=4).map(tuple),
    ),
    "ssl_context": contexts | anything,
    "trust": st.sampled_from(["system", "certifi"]) | anything,
    "proxy": urls | anything,
    "trust_env": st.booleans() | anything,
    "local_address": addresses | anything,
}
options = st.dictionaries(st.sampled_from(sorted(ARGUMENTS)), st.none(), min_size=1, max_size=3).flatmap(
    lambda chosen: st.fixed_dictionaries({name: ARGUMENTS[name] for name in chosen})
)


def filled_in(value: Any, listener: Listener, files: dict[str, Path]) -> Any:
    if type(value) is tuple:
        return tuple(filled_in(part, listener, files) for part in value)
    if type(value) is str and value.startswith("<file>"):
        return str(files[value.removeprefix("<file>")])
    return value.replace(LISTENER, listener.authority) if type(value) is str else value


@given(encrypted=st.booleans(), options=options)
@example(encrypted=True, options={"ca_file": ("a", "b")})
@example(encrypted=True, options={"client_cert": HostilePath(7)})
@example(encrypted=True, options={"proxy": "http://999.999.999.999"})
def test_any_argument(
    trade: Trade, listener: Listener, pem_files: dict[str, Path], options: dict[str, Any], *, encrypted: bool
) -> None:
    # As a proxy it agrees to CONNECT and goes away: whoever stayed would be waited for.
    listener.next_reply, listener.stays = listener.usual, not encrypted
    options = {name: filled_in(value, listener, pem_files) for name, value in options.items()}
    before = len(listener.requests)
    base_url = "https://name.invalid" if encrypted else listener.base_url
    result = outcome_of(trade, TOKEN, **{**listener.credentials, "base_url": base_url, **options})
    if isinstance(result, Session):
        assert result.access_token == ACCESS_TOKEN
        assert len(listener.requests) == before + 1
    elif isinstance(result, ConfigurationError):
        assert result.outcome is Outcome.NOT_SENT
        assert len(listener.requests) == before
        assert_unsaid(said_by(result), *options.values())
    elif not options.keys() & {"timeout", "connect_timeout", "total_timeout", "proxy"}:
        # A time that is too short may end the attempt anywhere.
        assert result.outcome is Outcome.NOT_SENT
        assert len(listener.requests) == before


@given(
    ca_file=st.sampled_from([name.encode() for name in FILES]) | st.binary(max_size=20), base=st.sampled_from([0, 1])
)
def test_ca_file_from_the_environment(
    trade: Trade, listener: Listener, pem_files: dict[str, Path], ca_file: bytes, base: int
) -> None:
    listener.next_reply, listener.stays = listener.usual, True
    named = pem_files.get(ca_file.decode("utf-8", "replace"))
    value = os.fsencode(named) if named else b"no-such-folder/" + ca_file.replace(b"\0", b"\x01")
    base_url = ("https://name.invalid", listener.base_url)[base]
    with mock.patch.dict(os.environ):
        os.environb[b"TORUS_CA_FILE"] = value
        result = outcome_of(trade, TOKEN, **{**listener.credentials, "base_url": base_url})
    if isinstance(result, TorusError):
        assert result.outcome is Outcome.NOT_SENT
        assert_unsaid(said_by(result), os.fsdecode(value))
        assert isinstance(result, ConfigurationError) or ca_file in (b"ca.pem", b"pair.pem")
    else:
        assert base_url == listener.base_url


@pytest.mark.parametrize("face", [TorusConnect, AsyncTorusConnect])
@given(
    name=st.text(min_size=1).filter(lambda name: name not in signature(TorusConnect.__init__).parameters),
    values=st.lists(others, max_size=2),
)
def test_another_signature_is_a_type_error(
    face: type[TorusConnect | AsyncTorusConnect], listener: Listener, name: str, values: list[Any]
) -> None:
    with pytest.raises(TypeError):
        face(*values, **{**listener.credentials, name: None})


def test_a_client_that_is_refused_leaves_nothing_behind(listener: Listener) -> None:
    def refused() -> NoReturn:
        TorusConnect(**listener.credentials, timeout=-1)
        raise AssertionError

    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(50):
        with pytest.raises(ConfigurationError):
            refused()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
