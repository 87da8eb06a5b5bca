"""A URL that is taken without a closer look is one that a closer look would have left as it is."""

from __future__ import annotations

from unittest import mock

from hypothesis import assume, example, given
from hypothesis import strategies as st

from torus_connect._config import settings
from torus_connect._config.checks import is_usual_url
from torus_connect.secret import Secret

# Mostly what is usual, or nearly: of parts that may be anything, hardly ever all are.
SCHEMES = st.sampled_from([*["https"] * 9, "http", "HTTPS", ""])
USUAL_LABELS = st.text("abz019", min_size=1, max_size=8)
LABELS = (
    USUAL_LABELS
    | USUAL_LABELS
    | USUAL_LABELS
    | USUAL_LABELS
    | st.text("abz019-.", max_size=8)
    | st.sampled_from(["xn--p1ai", "a" * 63, "a" * 64, "255", "256", "01", "_a", "A"])
)
NAMES = st.lists(LABELS, min_size=1, max_size=3).map(".".join)
PLACES = (
    NAMES
    | NAMES
    | st.sampled_from(["127.0.0.1", "1.2.3", "[::1]", "localhost", "connects.torusdigital.com", "user@host", "host."])
)
PORTS = st.sampled_from(
    [*["", ":443", ":8443"] * 6, ":", ":0", ":80", ":65535", ":65536", ":08443", ":x", ":1:2", ":\u0661"]
)
USUAL_PATHS = st.text("aZ0/_~-", max_size=10)
PATHS = st.just("") | (USUAL_PATHS | USUAL_PATHS | st.text("aZ0/._~-%?#\\ :@;\u00e9", max_size=10)).map("/".__add__)


@given(scheme=SCHEMES, place=PLACES, port=PORTS, path=PATHS)
@example(scheme="https", place="connects.torusdigital.com", port="", path="/api/v1")
@example(scheme="https", place="127.0.0.1", port=":8443", path="/api/v1/")
@example(scheme="https", place="host", port="", path="/a/..")
@example(scheme="https", place="host", port="", path="//")
def test_a_closer_look_says_the_same(scheme: str, place: str, port: str, path: str) -> None:
    url = Secret(f"{scheme}://{place}{port}{path}")
    assume(is_usual_url(url))
    with mock.patch.object(settings, "is_usual_url", return_value=False):
        closer = settings.checked_place("base_url", url)
    assert settings.checked_place("base_url", url) == closer
