"""Codes of an authenticator: those of the RFC, and none that is about to lapse."""

from __future__ import annotations

import base64
import subprocess
import sys
from typing import Any

import pytest
from support.clock import Clock

from torus_connect import ConfigurationError, Secret
from torus_connect.totp import Digest, totp, totp_code

# RFC 6238, appendix B.
KEYS: dict[Digest, bytes] = {
    "sha1": b"12345678901234567890",
    "sha256": b"12345678901234567890123456789012",
    "sha512": b"1234567890123456789012345678901234567890123456789012345678901234",
}
SECRET = base64.b32encode(KEYS["sha1"]).decode()


@pytest.mark.parametrize(
    ("digest", "at", "code"),
    [
        ("sha1", 59, "94287082"),
        ("sha256", 59, "46119246"),
        ("sha512", 59, "90693936"),
        ("sha1", 1111111109, "07081804"),
        ("sha256", 1111111111, "67062674"),
        ("sha512", 1234567890, "93441116"),
        ("sha1", 20000000000, "65353130"),
    ],
)
def test_the_codes_of_the_rfc(digest: Digest, at: float, code: str) -> None:
    made = totp_code(base64.b32encode(KEYS[digest]).decode(), digits=8, digest=digest, at=at)
    assert made == code
    assert isinstance(made, Secret)
    assert totp_code(base64.b32encode(KEYS[digest]).decode(), digest=digest, at=at) == code[2:]


def test_the_secret_as_it_is_written_down() -> None:
    expected = totp_code(SECRET, at=0)
    for written in (SECRET.lower(), f" {SECRET[:4]} {SECRET[4:8]}-{SECRET[8:]}\n", SECRET + "===="):
        assert totp_code(written, at=0) == expected


def test_a_secret_of_80_bits_as_many_services_give() -> None:
    assert totp_code("DEMODEMODEMODEMO", at=30) == "672621"


@pytest.mark.parametrize(
    ("uri", "digits", "period", "digest"),
    [
        ("otpauth://totp/Broker:a-user?secret={}&issuer=Broker", 6, 30, "sha1"),
        (" OTPAUTH://TOTP/?SECRET={} \r\n", 6, 30, "sha1"),
        ("otpauth://totp/Broker:\u0930\u0935\u093f?issuer=\u0930&secret={}", 6, 30, "sha1"),
        ("otpauth://totp/a user?digits=8&period=60&algorithm=SHA256&secret={}#x", 8, 60, "sha256"),
        ("otpauth://totp/x?algorithm=SHA-512&secret=%20{}%3D%3D", 6, 30, "sha512"),
    ],
)
def test_the_uri_of_a_qr_code(uri: str, digits: int, period: int, digest: Digest) -> None:
    expected = totp_code(SECRET, digits=digits, period=period, digest=digest, at=1e9)
    assert totp_code(uri.format(SECRET.lower()), at=1e9) == expected
    clock = SleepersClock(1e9)
    assert totp(uri.format(SECRET), margin=0, clock=clock).fresh() == expected
    # Whoever says something else has a reason.
    given = totp_code(uri.format(SECRET), digits=7, period=90, digest="sha1", at=1e9)
    assert given == totp_code(SECRET, digits=7, period=90, at=1e9)


def test_a_uri_is_waited_for_by_its_own_period() -> None:
    clock = SleepersClock(59.0)
    uri = f"otpauth://totp/x?secret={SECRET}&period=60"
    assert totp(uri, clock=clock).fresh(clock.sleep) == totp_code(SECRET, period=60, at=60)
    assert clock.slept == [1.0]


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        (
            "otpauth://hotp/x?secret=CANARY&counter=1",
            "totp_secret is no otpauth://totp/ URI: codes of another kind are",
        ),
        ("otpauth:CANARY", "totp_secret is no otpauth://totp/ URI: codes of another kind are"),
        ("otpauth://totp/CANARY", "totp_secret is an otpauth:// URI without secret="),
        ("otpauth://totp/x?secret=CANARY&secret=CANARYA", "totp_secret is an otpauth:// URI that says something twice"),
        ("otpauth://totp/x?secret=", "totp_secret is empty"),
        ("otpauth://totp/x?secret=CANARY1", "totp_secret must be base32"),
        ("otpauth://totp/x?secret=CANAR\u00c4", "totp_secret may hold printable ASCII characters only"),
        ("otpauth://totp/x?secret=CANARYAA&digits=9", "digits must be a whole number from 6 to 8"),
        ("otpauth://totp/x?secret=CANARYAA&digits=six", "digits must be a whole number from 6 to 8"),
        ("otpauth://totp/x?secret=CANARYAA&period=" + "9" * 5000, "period must be a whole number from 1 to 3600"),
        ("otpauth://totp/x?secret=CANARYAA&algorithm=MD5", "digest must be one of sha1, sha256, sha512"),
    ],
)
def test_what_is_wrong_with_a_uri(uri: str, said: str) -> None:
    for make in (totp_code, totp):
        with pytest.raises(ConfigurationError) as caught:
            make(uri)
        assert str(caught.value).startswith(said)
        assert "CANAR" not in str(caught.value)
        assert caught.value.__context__ is None


def test_a_period_of_its_own() -> None:
    assert totp_code(SECRET, period=60, at=59) == totp_code(SECRET, at=0)
    assert totp_code(SECRET, at=29.999) == totp_code(SECRET, at=0)
    assert totp_code(SECRET, at=30) != totp_code(SECRET, at=0)


def test_now() -> None:
    assert totp_code(SECRET) in {totp_code(SECRET, at=None), totp_code(SECRET)}
    assert len(totp_code(SECRET)) == 6


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"secret": None}, "totp_secret is missing"),
        ({"secret": b"CANARY"}, "totp_secret must be a str, not bytes"),
        ({"secret": ""}, "totp_secret is empty"),
        ({"secret": "- -"}, "totp_secret must be base32: the letters A to Z and the digits 2 to 7"),
        ({"secret": "CANARY1"}, "totp_secret must be base32: the letters A to Z and the digits 2 to 7"),
        ({"secret": "CANARYA"[:6] + "A=A"}, "totp_secret must be base32: the letters A to Z and the digits 2 to 7"),
        ({"secret": "C"}, "totp_secret must be base32: the letters A to Z and the digits 2 to 7"),
        ({"digits": 5}, "digits must be a whole number from 6 to 8"),
        ({"digits": True}, "digits must be a whole number from 6 to 8"),
        ({"digits": "6"}, "digits must be a whole number from 6 to 8"),
        ({"period": 0}, "period must be a whole number from 1 to 3600"),
        ({"period": 30.0}, "period must be a whole number from 1 to 3600"),
        ({"digest": "md5"}, "digest must be one of sha1, sha256, sha512"),
    ],
)
def test_what_is_wrong(options: dict[str, Any], said: str) -> None:
    for make in (totp_code, totp):
        with pytest.raises(ConfigurationError) as caught:
            make(**{"secret": SECRET, **options})
        assert str(caught.value).split("\n")[0] == said
        assert "CANARY" not in str(caught.value)
        assert caught.value.__context__ is None


@pytest.mark.parametrize("at", [-1, float("nan"), float("inf"), "0", True])
def test_a_moment_that_is_none(at: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^at must be a number of seconds since the epoch"):
        totp_code(SECRET, at=at)


class SleepersClock(Clock):
    def __init__(self, now: float) -> None:
        super().__init__(now)
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.mark.parametrize(
    ("now", "slept", "of"),
    [(0.0, [], 0), (27.0, [], 0), (27.5, [2.5], 30), (29.75, [0.25], 30), (30.0, [], 30)],
)
def test_a_code_that_is_about_to_lapse_is_waited_out(now: float, slept: list[float], of: float) -> None:
    clock = SleepersClock(now)
    assert totp(SECRET, clock=clock).fresh(clock.sleep) == totp_code(SECRET, at=of)
    assert clock.slept == slept


def test_a_sleep_that_is_too_short_is_not_enough() -> None:
    clock = SleepersClock(29.0)

    def sleep(_seconds: float) -> None:
        clock.now += 0.25

    assert totp(SECRET, clock=clock).fresh(sleep) == totp_code(SECRET, at=30)
    assert clock.now == 30


@pytest.mark.parametrize("margin", [-1, 30, float("nan"), True, "3"])
def test_a_margin_that_is_none(margin: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^margin must be a number of seconds from 0 to less than period"):
        totp(SECRET, margin=margin)


def test_a_clock_that_is_set_back_by_a_day() -> None:
    """No code is made twice, and none is waited for until yesterday is over."""
    clock = SleepersClock(100_000.0)
    login = totp(SECRET, clock=clock)
    codes = [login.fresh(clock.sleep)]
    clock.now -= 86_400
    codes += [login.fresh(clock.sleep) for _ in range(2)]
    assert codes == [totp_code(SECRET, at=at) for at in (100_000, 13_600, 13_620)]
    assert clock.slept == [20.0]


@pytest.mark.parametrize(("spent", "of"), [(20, 30), (40, 60), (29.9, 30), (86_425, 30)])
def test_a_code_that_was_spent_elsewhere(spent: float, of: float) -> None:
    """By a machine whose clock may be ahead of this one."""
    clock = SleepersClock(25.0)
    login = totp(SECRET, clock=clock)
    login.spent(spent)
    assert login.fresh(clock.sleep) == totp_code(SECRET, at=of)


def test_no_margin() -> None:
    clock = SleepersClock(29.9)
    assert totp(SECRET, margin=0, clock=clock).fresh() == totp_code(SECRET, at=0)


def test_without_the_extra_the_error_says_what_to_install() -> None:
    code = f"""
import sys
sys.modules["pyotp"] = None
from torus_connect import ConfigurationError
from torus_connect.totp import totp_code
try:
    totp_code({SECRET!r})
except ConfigurationError as error:
    print(error.args[0])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "totp needs the extra: pip install 'torus-connect[totp]'\n"
