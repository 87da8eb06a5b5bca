from __future__ import annotations

import copy
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from support.servers import PRODUCTION_URL, TOTP_URL

from torus_connect import ConfigurationError, Secret, Session, TorusConnect


def test_what_it_holds() -> None:
    before = datetime.now(UTC)
    session = Session("the-access-token")
    assert session.access_token == "the-access-token"
    assert isinstance(session.access_token, Secret)
    assert session.authorization == "Bearer the-access-token"
    assert isinstance(session.authorization, Secret)
    assert before <= session.issued_at <= datetime.now(UTC)
    assert session.issued_at.tzinfo is not None


def test_it_shows_nothing() -> None:
    session = Session("the-access-token", issued_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert repr(session) == str(session) == "<Session issued_at=2026-01-02T03:04:05+00:00>"
    assert not hasattr(session, "__dict__")
    assert copy.copy(session) is session
    assert copy.deepcopy(session) is session


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        (None, ()),
        ("https://host.example/api/v1", ("https://host.example",)),
        ("HTTPS://Host.Example:443/api", ("https://host.example",)),
        ("http://[::1]:8080/api", ("http://[::1]:8080",)),
        (PRODUCTION_URL, ("https://connects.torusdigital.com",)),
        (TOTP_URL, ("https://oapi-cug.torusdigital.com", "https://connects.torusdigital.com")),
        ("https://oapi-cug.torusdigital.com:8443", ("https://oapi-cug.torusdigital.com:8443",)),
        ("http://host.example", ()),
        ("nonsense", ()),
    ],
)
def test_where_its_token_may_go(base_url: str | None, expected: tuple[str, ...]) -> None:
    session = Session("demo", base_url=base_url)
    assert session.origins == expected
    session.base_url = "https://another.example"
    assert session.origins == expected, "it was recorded when the session was made"
    with pytest.raises(AttributeError):
        session.origins = ("https://another.example",)  # type: ignore[misc]  # that is what it says


def test_origins_of_ones_own() -> None:
    given = ["https://One.example:443/path", "https://two.example:8443", "https://one.example"]
    session = Session("demo", base_url="https://host.example", origins=given)
    assert session.origins == ("https://one.example", "https://two.example:8443")


@pytest.mark.parametrize("origins", ["https://host.example", ["http://host.example"], ["canary"], [7], [None]])
def test_origins_that_are_none(origins: Iterable[Any]) -> None:
    with pytest.raises(ConfigurationError, match=r"^(an origin of the session|origins) ") as caught:
        Session("demo", origins=origins)
    assert "canary" not in str(caught.value)


def test_the_origins_that_a_client_records(monkeypatch: pytest.MonkeyPatch) -> None:
    def origins(**options: Any) -> tuple[str, ...]:
        settings = TorusConnect(api_key="demo", **options)._settings
        return settings.origins(settings.base_url)

    assert origins(base_url="https://host.example/api") == ("https://host.example",)
    monkeypatch.setenv("TORUS_ACCOUNT_BASE_URL", "https://Account.example/api/v1/")
    assert origins(base_url="https://host.example/api") == ("https://host.example", "https://account.example")
    assert origins(base_url=TOTP_URL, account_base_url=PRODUCTION_URL) == (
        "https://oapi-cug.torusdigital.com",
        "https://connects.torusdigital.com",
    )
    for bad in ("http://host.example", "https://user:canary@host.example", "canary"):
        with pytest.raises(ConfigurationError, match=r"^account_base_url ") as caught:
            TorusConnect(api_key="demo", account_base_url=bad)
        assert "canary" not in str(caught.value)
