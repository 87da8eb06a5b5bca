"""What Python would say in words of our internals is said in words that help."""

from __future__ import annotations

import copy
import inspect
import pickle
import threading
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from torus_connect import (
    AccessToken,
    AsyncTorusConnect,
    ConfigurationError,
    Session,
    TorusConnect,
    async_wait_for_request_token,
)
from torus_connect.stores import SessionKey, open_async_store

URL = "https://host.example"
KEY = SessionKey(URL, "demo-key", "a-user")
FACES = [TorusConnect, AsyncTorusConnect]
Face = type[TorusConnect | AsyncTorusConnect]


def client(face: Face = AsyncTorusConnect) -> Any:
    return face(api_key="demo-key", api_secret="demo-secret", base_url=URL, store="memory:")


@pytest.mark.parametrize("face", FACES)
class TestArguments:
    def test_without_a_name(self, face: Face) -> None:
        with pytest.raises(TypeError) as caught:
            face("demo-key", "demo-secret")  # type: ignore[call-arg]
        name = face.__name__
        assert str(caught.value) == f"{name} takes its arguments by name: {name}(api_key=..., api_secret=...)"

    def test_that_there_are_not(self, face: Face) -> None:
        with pytest.raises(TypeError, match=rf"{face.__name__} has no argument 'apikey': it has api_key, api_secret, "):
            face(apikey="demo-key")  # type: ignore[call-arg]

    def test_tools_see_those_that_there_are(self, face: Face) -> None:
        parameters = inspect.signature(face).parameters.values()
        assert [each.name for each in parameters][:2] == ["api_key", "api_secret"]
        assert {each.kind for each in parameters} == {inspect.Parameter.KEYWORD_ONLY}

    def test_a_subclass_has_its_own(self, face: Face) -> None:
        class Ours(face):  # type: ignore[misc, valid-type]
            def __init__(self, desk: str, **options: Any) -> None:
                super().__init__(**options)
                self.desk = desk

        assert Ours("one", api_key="demo-key").desk == "one"


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("do", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_client_is_not_copied(do: Callable[[object], object], face: Face) -> None:
    with pytest.raises(TypeError) as caught:
        do(client(face))
    said = f"{face.__name__} is neither copied nor pickled: threads and tasks share one, and each process makes its own"
    assert str(caught.value) == said


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("login", "a user logs in at login_url; session(login=...) returns the stored session, or makes one"),
        ("auth", "it is auth() of the Session that generate_session or session returns"),
        ("token", "it is access_token of the Session that generate_session or session returns"),
        ("access_token", "it is access_token of the Session that generate_session or session returns"),
        ("positons", None),
    ],
)
def test_an_attribute_that_there_is_not(name: str, said: str | None, face: Face) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(client(face), name)
    expected = f"{face.__name__!r} object has no attribute {name!r}"
    assert str(caught.value) == (f"{expected}: {said}" if said else expected)
    assert caught.value.name == name


@pytest.mark.parametrize("face", FACES)
def test_an_attribute_that_cannot_be_set(face: Face) -> None:
    with pytest.raises(AttributeError, match="timeout"):
        client(face).timeout = 5


def test_an_auth_is_shown() -> None:
    assert repr(Session("demo-token", base_url=URL).auth()) == f"<SessionAuth for {URL}>"


def in_other_loop(coroutine: Coroutine[Any, Any, object]) -> None:
    """Do the first step of a coroutine, as any event loop would that is none of asyncio's."""
    try:
        coroutine.send(None)
    finally:
        coroutine.close()


@pytest.mark.parametrize(
    "call",
    [
        lambda: client().generate_session("demo-request-token"),
        lambda: client().generate_session_with_totp("123456"),
        lambda: client().session("a-user"),
        lambda: client().__aenter__(),
        lambda: open_async_store("memory:").load(KEY),
        lambda: async_wait_for_request_token(port=8788),
    ],
    ids=["generate_session", "totp", "session", "with", "store", "wait"],
)
def test_an_event_loop_of_another_kind(call: Callable[[], Coroutine[Any, Any, object]]) -> None:
    with pytest.raises(ConfigurationError, match=r"no event loop of asyncio runs here.* trio\.to_thread\.run_sync"):
        in_other_loop(call())


def test_the_redis_store_in_such_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORUS_STORE_KEY", "A" * 43 + "=")
    store = open_async_store("redis://127.0.0.1:1")
    with pytest.raises(ConfigurationError, match="no event loop of asyncio runs here"):
        in_other_loop(store.load(KEY))


def test_waiting_for_the_hook_in_such_a_loop() -> None:
    at_work, go_on = threading.Event(), threading.Event()

    def hook(_old: Session) -> None:
        at_work.set()
        assert go_on.wait(10)

    old = Session("demo-old", issued_at=datetime.now(UTC) - timedelta(days=2), base_url=URL)
    token = AccessToken(old, hook)
    other = threading.Thread(target=token.renewed, args=(old,))
    other.start()
    try:
        assert at_work.wait(10)
        with pytest.raises(ConfigurationError, match="no event loop of asyncio runs here"):
            in_other_loop(token.renewed_async(old))
    finally:
        go_on.set()
        other.join()


def test_a_client_is_closed_in_such_a_loop() -> None:
    with pytest.raises(StopIteration):
        in_other_loop(client().aclose())
