"""The other side of the login: the sandbox's pages, their one-time passwords, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from login.user import USER, User
from support.clock import Clock

from torus_connect import TorusConnect, extract_request_token
from torus_connect.sandbox import Sandbox
from torus_connect.sandbox.logins import MOST_ATTEMPTS, OTP_LIFETIME, LoginFault, Logins
from torus_connect.sandbox.redirects import EndURL

REDIRECT_URL = "http://127.0.0.1:8788/callback"
SENT = "/_sandbox/otp"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock, redirect_url=REDIRECT_URL) as running:
        yield running


@pytest.fixture
def user(sandbox: Sandbox) -> Iterator[User]:
    with User(sandbox) as someone:
        yield someone


def wrong(right: str | None) -> str:
    return f"{(int(right or 0) + 1) % 1_000_000:06}"


@pytest.mark.parametrize("name", [USER, "9876543210", "+91 98765 43210"])
def test_a_login_leads_to_the_registered_url_with_a_request_token(sandbox: Sandbox, user: User, name: str) -> None:
    user.begin()
    assert user.page.status_code == 200
    assert "E-mail or mobile" in user.page.text
    user.submit(user=name)
    assert "One-time password" in user.page.text
    end = user.submit(otp=sandbox.one_time_password("".join(name.split())) or "")
    assert end.startswith(f"{REDIRECT_URL}?REQUEST_TOKEN=")
    with TorusConnect(**sandbox.credentials) as torus:
        token = extract_request_token(end)
        session = torus.generate_session(token)
        assert session.access_token == sandbox.access_token_for(token)
    whose = user.http.get("/_sandbox/whoami", headers={"Authorization": session.authorization}).json()
    assert whose == {"user": "".join(name.split())}
    # It is over: the form of the last page is of no use again.
    assert user.submit(otp=sandbox.one_time_password() or "") == ""
    assert user.page.status_code == 403


def test_without_a_registered_url_a_page_shows_the_request_token() -> None:
    with Sandbox() as sandbox, User(sandbox) as user:
        end = user.log_in()
        assert end.startswith("/_sandbox/end?REQUEST_TOKEN=")
        page = user.http.get(end)
        assert extract_request_token(end) in page.text
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"


def test_every_page_is_kept_to_itself_and_may_lead_to_the_registered_url(user: User) -> None:
    user.begin()
    for fields in ({"user": "nobody"}, {"user": USER}, {"otp": "x"}):
        for name, value in {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}.items():
            assert user.page.headers[name] == value
        policy = user.page.headers["Content-Security-Policy"]
        assert "form-action 'self' http://127.0.0.1:8788;" in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        user.submit(**fields)
    cookie = user.http.get("/connect/login/sandbox-api-key").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


@pytest.mark.parametrize(
    "name", ["", "nobody", "a@", "12345", "+1 2345678901", "a@" + "b" * 199, "a b@\x1b[0m", "<b>@example.com"]
)
def test_whoever_is_no_user_is_asked_again(sandbox: Sandbox, user: User, name: str) -> None:
    user.begin()
    assert user.submit(user=name) == ""
    assert user.page.status_code == 422
    assert 'role="alert"' in user.page.text
    assert "<b>" not in user.page.text
    assert sandbox.one_time_password() is None


def test_the_last_wrong_one_time_password_ends_the_login(sandbox: Sandbox, user: User) -> None:
    user.begin()
    user.submit(user=USER)
    right = sandbox.one_time_password(USER)
    for _ in range(MOST_ATTEMPTS - 1):
        assert user.submit(otp=wrong(right)) == ""
        assert user.page.status_code == 422
        assert "That is not the one-time password" in user.page.text
    assert user.submit(otp=wrong(right)) == ""
    assert user.page.status_code == 403
    assert "Start again" in user.page.text
    assert user.submit(otp=right or "") == ""


def test_an_old_one_time_password_is_refused_and_another_is_good(sandbox: Sandbox, user: User, clock: Clock) -> None:
    user.begin()
    user.submit(user=USER)
    old = sandbox.one_time_password(USER) or ""
    clock.now += OTP_LIFETIME
    assert user.submit(otp=old) == ""
    assert user.page.status_code == 422
    assert "has expired" in user.page.text
    user.submit(again="1")
    assert user.page.status_code == 200
    new = sandbox.one_time_password(USER) or ""
    assert new == old or user.submit(otp=old) == ""
    assert user.submit(otp=f" {new[:3]} {new[3:]} ").startswith(REDIRECT_URL)


@pytest.mark.parametrize("steps", [0, 1])
def test_whoever_cancels_comes_back_with_an_error(sandbox: Sandbox, user: User, steps: int) -> None:
    user.begin()
    if steps:
        user.submit(user=USER)
    assert user.submit(cancel="1") == f"{REDIRECT_URL}?error=access_denied"
    assert user.submit(user=USER) == ""
    assert user.page.status_code == 403


def test_a_login_ends_after_ten_minutes(user: User, clock: Clock) -> None:
    user.begin()
    clock.now += 600
    user.submit(user=USER)
    assert user.page.status_code == 403


@pytest.mark.parametrize("path", ["/_sandbox/sso", "/_sandbox/sso/otp"])
def test_a_page_of_another_site_cannot_log_in(sandbox: Sandbox, user: User, path: str) -> None:
    user.begin()
    page = user.page
    user.submit(user=USER)
    otp = sandbox.one_time_password(USER) or ""
    # With the cookie and without the form's own token; with the token of another login; and without a cookie.
    with User(sandbox) as other:
        other.begin()
        other_form = other.page.text.partition('name="form_token" value="')[2].partition('"')[0]
    own_form = page.text.partition('name="form_token" value="')[2].partition('"')[0]
    for form in ({}, {"form_token": ""}, {"form_token": other_form}, {"form_token": "\u0915"}):
        assert user.http.post(path, data={"user": USER, "otp": otp, **form}).status_code == 403
    assert httpx.post(f"{sandbox.origin}{path}", data={"otp": otp, "form_token": own_form}).status_code == 403
    assert httpx.get(f"{sandbox.origin}{path}").status_code == 403


def test_a_program_finds_the_one_time_password(sandbox: Sandbox, user: User) -> None:
    assert user.http.get(SENT).status_code == 404
    user.begin()
    user.submit(user=USER)
    assert user.http.get(SENT).json() == {"user": USER, "otp": sandbox.one_time_password()}
    assert user.http.get(SENT, params={"user": USER}).json()["otp"] == sandbox.one_time_password(USER)
    assert user.http.get(SENT, params={"user": "another@example.com"}).status_code == 404
    assert user.http.get(SENT).headers["Cache-Control"] == "no-store"


def test_whoever_is_told_gets_what_an_e_mail_would_hold(clock: Clock) -> None:
    told: list[tuple[str, str]] = []
    with Sandbox(clock=clock, send=lambda *each: told.append(each)) as sandbox, User(sandbox) as user:
        user.log_in()
        assert told == [(USER, sandbox.one_time_password())]


def test_no_loop_of_logins_fills_the_memory(clock: Clock) -> None:
    logins = Logins(clock)
    cookies = [logins.start() for _ in range(1_001)]
    assert logins.form_token(cookies[0]) is None
    assert logins.form_token(cookies[1]) is not None
    assert not logins.identify(cookies[0], USER)
    assert not logins.send_again(cookies[1])
    for number in range(1_001):
        assert logins.identify(cookies[1], f"{number}@example.com")
    assert logins.last_sent("0@example.com") is None
    assert logins.last_sent() == logins.last_sent("1000@example.com")
    assert logins.attempt(cookies[0], "123456") is LoginFault.OVER


@pytest.mark.parametrize(
    ("url", "carried", "form_action"),
    [
        (None, "/_sandbox/end?REQUEST_TOKEN=a%2Bb", "'self'"),
        ("http://127.0.0.1:8788", "http://127.0.0.1:8788/?REQUEST_TOKEN=a%2Bb", "'self' http://127.0.0.1:8788"),
        ("http://localhost/x?y=z", "http://localhost/x?y=z&REQUEST_TOKEN=a%2Bb", "'self' http://localhost"),
        ("https://127.0.0.2?y", "https://127.0.0.2/?y&REQUEST_TOKEN=a%2Bb", "'self' https://127.0.0.2"),
        ("http://[::1]:5000/", "http://[::1]:5000/?REQUEST_TOKEN=a%2Bb", "'self' http:"),
    ],
)
def test_the_end_url(url: str | None, carried: str, form_action: str) -> None:
    end = EndURL(url)
    assert end.carrying(REQUEST_TOKEN="a+b") == carried
    assert end.form_action == form_action


@pytest.mark.parametrize(
    "url",
    [
        "", "/path", "127.0.0.1:8788", "ftp://127.0.0.1/", "http://example.com/", "http://127.0.0.1.example.com/",
        "http://localhost@example.com/", "http://user:canary@localhost/", "http://127.0.0.1/#x", "http://127.0.0.1/#",
        "http://[::1/", "http://127.0.0.1:99999/", "http://127.0.0.1:0/", "http://127.0.0.1/\n", "http://127.0.0.1/a b",
        "http://127.0.0.1/\u0915", "http://192.168.0.1/",
    ],
)  # fmt: skip
def test_no_other_url_can_be_registered(url: str) -> None:
    with pytest.raises(ValueError, match="redirect_url must be http:// or https://") as caught:
        Sandbox(redirect_url=url)
    assert "canary" not in str(caught.value)


def test_the_path_of_the_end_url_is_kept(sandbox: Sandbox, user: User) -> None:
    parts = urlsplit(user.log_in())
    assert parts.path == "/callback"
    assert list(parse_qs(parts.query)) == ["REQUEST_TOKEN"]
