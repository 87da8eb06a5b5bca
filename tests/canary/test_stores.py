"""A kept session is in the one place that exists to hold it, and nothing else shows it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import keyring
import pytest
from canary.conftest import Watching
from canary.detector import Detector, Finding
from faults.behaviours import GOOD_REPLY
from faults.kinds import FACES
from faults.planted import ACCESS_TOKEN, API_KEY, API_SECRET, PROXY_PASSWORD, REQUEST_TOKEN
from keyring.errors import PasswordSetError
from stores.conftest import EncryptedKeyring
from support.kept import taken
from support.raw_server import RawServer, answer, reply

from torus_connect import AsyncTorusConnect, Session, SessionNotKept, TorusConnect, TorusError
from torus_connect.cli import main
from torus_connect.stores import SessionKey, SessionStore, decode, open_store


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(answer(GOOD_REPLY)) as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return open_store(f"file:{tmp_path / 'sessions'}")


def session(
    face: str, base_url: str, store: Any, login: Callable[[], Any] | None, detector: Detector | None = None
) -> Session:
    """Ask for a session, with a client of either face; look at the client before and after."""
    options: dict[str, Any] = {"api_key": API_KEY, "api_secret": API_SECRET, "base_url": base_url, "store": store}

    def look(client: Any) -> None:
        if detector:
            detector.thing("client", client)
            detector.reach("client", client)

    async def in_loop() -> Session:
        async with AsyncTorusConnect(**options) as torus:
            try:
                return await torus.session("a-user", login=login)
            finally:
                look(torus)

    if face == "async":
        return asyncio.run(in_loop())
    with TorusConnect(**options) as torus:
        try:
            return torus.session("a-user", login=login)
        finally:
            look(torus)


def elsewhere(detector: Detector, suffix: str) -> list[Finding]:
    return [found for found in detector.findings if found.channel != "files" or not found.where.endswith(suffix)]


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("given", [REQUEST_TOKEN, f" {REQUEST_TOKEN}\n"])
def test_a_login(face: str, given: str, server: RawServer, detector: Detector, watching: Watching) -> None:
    with watching():
        got = session(face, server.base_url, None, lambda: given, detector)
        again = session(face, server.base_url, None, None, detector)
    assert got.access_token == again.access_token == ACCESS_TOKEN
    detector.thing("session", again)
    assert {found.secret for found in detector.findings} == {"access token"}, "it is in the file"
    assert elsewhere(detector, ".session") == []


class BrokenKeyring(EncryptedKeyring):
    def set_password(self, service: str, username: str, password: str) -> None:
        if "access_token" in password:
            raise PasswordSetError(f"cannot keep {password}")
        super().set_password(service, username, password)


@pytest.mark.parametrize("face", FACES)
class TestErrors:
    def examine(self, face: str, detector: Detector, watching: Watching, **options: Any) -> TorusError:
        with watching(), pytest.raises(TorusError) as caught:
            session(face, detector=detector, **options)
        detector.error(caught.value)
        detector.assert_nothing_found()
        return caught.value

    @pytest.mark.parametrize(
        "given",
        [
            None,
            "",
            REQUEST_TOKEN.encode(),
            [REQUEST_TOKEN],
            f"Bearer {REQUEST_TOKEN}",
            f"{REQUEST_TOKEN}\n\0",
            REQUEST_TOKEN * 999,
        ],
    )
    def test_what_login_yields(
        self, face: str, given: Any, store: SessionStore, detector: Detector, watching: Watching
    ) -> None:
        self.examine(face, detector, watching, base_url="https://127.0.0.1:1", store=store, login=lambda: given)

    def test_an_exchange_that_fails(
        self, face: str, store: SessionStore, detector: Detector, watching: Watching
    ) -> None:
        with RawServer(answer(reply(ACCESS_TOKEN.encode(), status="409 Conflict"))) as server:
            self.examine(face, detector, watching, base_url=server.base_url, store=store, login=lambda: REQUEST_TOKEN)

    def test_a_session_that_cannot_be_kept(
        self, face: str, server: RawServer, store: SessionStore, tmp_path: Path, detector: Detector, watching: Watching
    ) -> None:
        key = SessionKey(server.base_url, API_KEY, "a-user")

        def login() -> str:
            (tmp_path / "sessions" / f"{key.digest}.session").mkdir()
            return REQUEST_TOKEN

        error = self.examine(face, detector, watching, base_url=server.base_url, store=store, login=login)
        assert isinstance(error, SessionNotKept)
        assert error.session
        assert error.session.access_token == ACCESS_TOKEN

    def test_a_keyring_that_fails(
        self, face: str, server: RawServer, detector: Detector, watching: Watching, tmp_path: Path
    ) -> None:
        before = keyring.get_keyring()
        keyring.set_keyring(BrokenKeyring(tmp_path))
        try:
            ring = open_store("keyring:")
            error = self.examine(
                face, detector, watching, base_url=server.base_url, store=ring, login=lambda: REQUEST_TOKEN
            )
        finally:
            keyring.set_keyring(before)
        assert isinstance(error, SessionNotKept)

    @pytest.mark.parametrize(
        "content", [f'{{"access_token": "{ACCESS_TOKEN}"', f'{{"version": 9, "a": "{ACCESS_TOKEN}"}}']
    )
    def test_a_file_that_cannot_be_read(
        self, face: str, content: str, store: SessionStore, tmp_path: Path, detector: Detector, watching: Watching
    ) -> None:
        key = SessionKey("https://127.0.0.1:1", API_KEY, "a-user")
        store.save(key, Session("demo"))
        (tmp_path / "sessions" / f"{key.digest}.session").write_text(content)
        self.examine(face, detector, watching, base_url=key.base_url, store=store, login=None)

    @pytest.mark.parametrize(
        "url", [f"sqlite://:{PROXY_PASSWORD}@host", f"file://{PROXY_PASSWORD}", f"memory:{PROXY_PASSWORD}"]
    )
    def test_no_such_store(self, face: str, url: str, detector: Detector, watching: Watching) -> None:
        self.examine(face, detector, watching, base_url="https://127.0.0.1:1", store=url, login=None)


def test_opening_and_decoding(detector: Detector, watching: Watching) -> None:
    key = SessionKey("https://host.example", API_KEY, "a-user")
    with watching():
        for do in (lambda: open_store(f"x:{PROXY_PASSWORD}"), lambda: decode(key, ACCESS_TOKEN.encode())):
            with pytest.raises(TorusError) as caught:
                do()
            detector.error(caught.value)
    detector.assert_nothing_found()


def test_every_store_and_its_lease(detector: Detector, store: SessionStore) -> None:
    key = SessionKey("https://host.example", API_SECRET.encode().hex(), "a-user")
    for each in (open_store("memory:"), store):
        each.save(key, Session(ACCESS_TOKEN))
        lease = taken(each, key)
        for thing in (each, lease, key):
            detector.look("repr", type(thing).__name__, repr(thing))
        detector.reach("store", each)
        lease.release()
    detector.assert_nothing_found()


class TestAuth:
    def examine(self, detector: Detector, watching: Watching, auth: httpx.Auth, url: str) -> None:
        with watching(), pytest.raises(TorusError) as caught:
            httpx.get(url, auth=auth, trust_env=False, follow_redirects=True)
        detector.error(caught.value)
        detector.thing("auth", auth)
        detector.assert_nothing_found()

    def test_another_place(self, server: RawServer, detector: Detector, watching: Watching) -> None:
        auth = Session(ACCESS_TOKEN, base_url="https://host.example").auth()
        self.examine(detector, watching, auth, server.base_url)

    def test_a_redirect(self, detector: Detector, watching: Watching) -> None:
        with RawServer(answer(reply(b"{}"))) as other:
            moved = reply(b"", status="302 Found", headers=(f"Location: {other.base_url}",))
            with RawServer(answer(moved)) as server:
                self.examine(
                    detector, watching, Session(ACCESS_TOKEN, base_url=server.base_url).auth(), server.base_url
                )

    def test_a_hook_that_returns_a_token(self, detector: Detector, watching: Watching) -> None:
        unauthorized = reply(b"{}", status="401 Unauthorized")
        with RawServer(answer(unauthorized)) as server:
            auth = Session(ACCESS_TOKEN, base_url=server.base_url).auth(on_expired=lambda _: REQUEST_TOKEN)  # type: ignore[arg-type]
            self.examine(detector, watching, auth, server.base_url)


def test_the_commands(
    store: SessionStore, tmp_path: Path, detector: Detector, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = SessionKey("https://host.example", API_KEY, "default")
    monkeypatch.setenv("TORUS_API_KEY", API_KEY)
    monkeypatch.setenv("TORUS_BASE_URL", key.base_url)
    monkeypatch.setenv("TORUS_SESSION_STORE", f"file:{tmp_path / 'sessions'}")
    store.save(key, Session(ACCESS_TOKEN, base_url=key.base_url))
    with watching(result=f"{ACCESS_TOKEN}\n"):
        assert main(["session", "token"]) == 0
    with watching():
        assert main(["session", "show"]) == 0
        assert main(["session", "show", "--json"]) == 0
        assert main(["session", "path"]) == 0
        assert main(["run", "--", "no-such-program-here"]) == 127
        assert main(["session", "clear"]) == 0
    # The audit of `os.exec` sees the environment of the program, which is where the token belongs.
    assert {found.channel for found in detector.findings} <= {"processes"}
