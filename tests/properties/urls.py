"""URLs as a caller might hand them in, whole and in parts."""

from __future__ import annotations

from hypothesis import strategies as st
from properties.texts import nasty_texts, plain_texts

LISTENER = "<listener>"
"""Stands for host and port of the listener, which no strategy can know."""

_SCHEMES = ("http://", "https://", "HTTP://", "hTTps://", "http:", "//", "", "ftp://", "file://", "http:///", "ws://")
_USERS = ("", "", "", "", "user@", "user:pass-word@", ":@", "@", "%40@", "a:b@c@", "127.0.0.1:80@")
_HOSTS = (
    *(LISTENER,) * 6,
    *("127.0.0.1", "127.1", "0177.0.0.1", "2130706433", "0x7f.1", "127.0.0.1.", "999.999.999.999", "1.2.3.4.5"),
    *("localhost", "LOCALHOST", "localhost.", "[::1]", "[::1%25lo]", "[fe80::1%eth0]", "[::ffff:127.0.0.1]", "[::]"),
    *("[v1.a]", "[:::1]", "[]", "[", "]", "::1", "name.invalid", "name..invalid", ".invalid", "-.invalid", "_.invalid"),
    *(
        "xn--",
        "xn--a.invalid",
        "xn--ls8h.invalid",
        "bücher.invalid",
        "ⓛocalhost",
        "127。0。0。1",
        "\uff11\uff12\uff17.0.0.1",
        "ß",
    ),
    *("a" * 64 + ".invalid", "a." * 150 + "invalid", "a" * 300, "exa%6dple", "a b", "a\tb", "a\nb", "a\\b", ""),
)
_PORTS = (
    "",
    "",
    "",
    ":",
    ":0",
    ":1",
    ":80",
    ":65535",
    ":65536",
    ":-1",
    ":99999999999",
    ":x",
    ":\uff18\uff10",
    ":1:2",
    ": 80",
)
_PATHS = (
    *("/api/v1", "/api/v1/", "/", "", "//", "//other.invalid/x", "/../..", "/a/../b/./c/..", "/%2e%2e/x", "/%2F", "/%"),
    *("/%0d%0aX-Injected:%201", "/a b", "/a\tb", "/a\r\nX-Injected: 1", "/\\other.invalid", "/é", "/\u2028", "/a;b=c"),
    *("/?q=1", "?q=1", "#f", "/#f", "/@x", "/:80", "/<>", "/{}|^`\"'", "/[x]", "/~a/!$&()*+,=", "/." * 50, "/" * 300),
)

hosts = st.sampled_from(_HOSTS) | nasty_texts
paths = st.sampled_from(_PATHS) | nasty_texts.map("/".__add__) | plain_texts.map("/".__add__)
urls = st.one_of(
    st.builds(
        lambda *parts: "".join(parts),
        st.sampled_from(_SCHEMES),
        st.sampled_from(_USERS),
        hosts,
        st.sampled_from(_PORTS),
        paths,
    ),
    nasty_texts,
    paths.map(("http://" + LISTENER).__add__),
    paths.map(("http://" + LISTENER + "/api/v1").__add__),
)
https_urls = st.builds(
    lambda *parts: "https://" + "".join(parts), st.sampled_from(_HOSTS[6:]), st.sampled_from(_PORTS), st.just("/api/v1")
)
proxy_urls = st.builds(
    lambda *parts: "".join(parts), st.sampled_from(_SCHEMES), st.sampled_from(_USERS), hosts, st.sampled_from(_PORTS)
)


def path_of(url: str) -> str:
    """Return the path of a `http://` URL that was accepted, without dot segments (RFC 3986, section 5.2.4)."""
    _, slash, rest = url.split("//", 1)[1].partition("/")
    kept: list[str] = []
    segments = (slash + rest).split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept)
