"""What callers may hand in that is of no use, with a secret in it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from faults.places import authority
from faults.planted import API_KEY, API_SECRET, PROXY_PASSWORD, REQUEST_TOKEN

BASE_URL = "https://127.0.0.1:1/api/v1"
GOOD: dict[str, Any] = {"api_key": API_KEY, "api_secret": API_SECRET, "base_url": BASE_URL, "max_retries": 0}


class Shows:
    """An object whose every text is a secret."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def __repr__(self) -> str:
        return self.secret


@dataclass(frozen=True, kw_only=True)
class BadInput:
    """A call that must be refused before anything is sent.

    Attributes:
        name: what is wrong with it.
        options: of the client, beside the good ones.
        environment: what is set in the environment.
        request_token: what the call is made with.
        files: makes further options, given an empty folder; `None` where there are none.
    """

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    request_token: Any = REQUEST_TOKEN
    files: Callable[[Path], dict[str, Any]] | None = None


def texts(secret: str) -> dict[str, str]:
    """Return texts that cannot be sent."""
    return {
        "of two lines": f"{secret}\n{secret}",
        "with a header in it": f"{secret}\r\nX-Injected: {secret}",
        "with an escape": f"{secret}\x1b[0m",
        "that is no ASCII": f"{secret}\u0915",
        "that is too long": secret * 400,
    }


def others(secret: str) -> dict[str, object]:
    """Return what is no text."""
    return {
        "with a NUL": f"{secret}\0",  # no environment takes one
        "with half a surrogate": f"{secret}\ud800",
        "as bytes": secret.encode(),
        "as bytearray": bytearray(secret.encode()),
        "as memoryview": memoryview(secret.encode()),
        "in a list": [secret],
        "in a tuple": (secret,),
        "in a set": {secret},
        "in a dict": {secret: secret},
        "as a path": Path(secret),
        "in an exception": ValueError(secret),
        "in an object": Shows(secret),
        "as a function": functools.partial(str, secret),
    }


ESCAPED = quote(PROXY_PASSWORD, safe="")
PLAIN = "".join(filter(str.isalnum, PROXY_PASSWORD))

BASE_URLS = {
    "password": f"https://merchant:{ESCAPED}@127.0.0.1:1/api/v1",
    "password as it is": f"https://merchant:{PROXY_PASSWORD}@127.0.0.1:1/api/v1",
    "password without a user": f"https://:{ESCAPED}@127.0.0.1:1/",
    "user only": f"https://{ESCAPED}@127.0.0.1:1/",
    "password, plain HTTP": f"http://merchant:{ESCAPED}@127.0.0.1:1/",
    "password, another scheme": f"ftp://merchant:{ESCAPED}@127.0.0.1:1/",
    "password in the place of the port": f"https://127.0.0.1:{PLAIN}/",
    "password in brackets": f"https://[{PLAIN}]/",
    "password behind half a bracket": f"https://[{PLAIN}",
    "password in the query": f"https://127.0.0.1:1/?token={ESCAPED}",
    "password in the fragment": f"https://127.0.0.1:1/#{ESCAPED}",
    "password behind a backslash": f"https://127.0.0.1\\{PLAIN}@127.0.0.1/",
    "password in a name for international use": f"https://xn--{PLAIN.lower()}\u0915/",
    "nothing but the password": PROXY_PASSWORD,
    "password, plain HTTP to elsewhere": f"http://example.com/{PLAIN}",
}

PROXIES = {
    "as it is": f"http://merchant:{PROXY_PASSWORD}@127.0.0.1:1",
    "another scheme": f"socks5://merchant:{ESCAPED}@127.0.0.1:1",
    "no host": f"http://merchant:{ESCAPED}@",
    "no host, a port": f"http://merchant:{ESCAPED}@:3128",
    "port too high": f"http://merchant:{ESCAPED}@127.0.0.1:99999",
    "port 0": f"http://merchant:{ESCAPED}@127.0.0.1:0",
    "port is no number": f"http://merchant:{ESCAPED}@127.0.0.1:http",
    "half a bracket": f"http://merchant:{ESCAPED}@[::1",
    "address that is none": f"http://merchant:{ESCAPED}@999.1.1.1:3128",
    "name that is none": f"http://merchant:{ESCAPED}@xn--zz:3128",
    "name with two dots": f"http://merchant:{ESCAPED}@a..b:3128",
    "query": f"http://merchant:{ESCAPED}@127.0.0.1:1?x",
    "port is the password": f"http://merchant:{PLAIN}",
    "two at signs": f"http://merchant:{PLAIN}@{PLAIN}@127.0.0.1:1/?",
}


def locked_key(folder: Path) -> dict[str, Any]:
    """Return a client certificate whose key does not open with the password."""
    cert = authority().issue_cert("merchant")
    key = load_pem_private_key(cert.private_key_pem.bytes(), password=None)
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"another"))
    (folder / "key").write_bytes(locked)
    (folder / "cert").write_bytes(cert.cert_chain_pems[0].bytes())
    return {"client_cert": (folder / "cert", folder / "key", PROXY_PASSWORD)}


INPUTS = [
    *(
        BadInput(name=f"{argument} {how}", options={argument: value})
        for argument in ("api_key", "api_secret")
        for how, value in {**texts(API_SECRET), **others(API_SECRET)}.items()
    ),
    *(
        BadInput(name=f"{variable} {how}", options={argument: None}, environment={variable: value})
        for argument, variable in (("api_key", "TORUS_API_KEY"), ("api_secret", "TORUS_API_SECRET"))
        for how, value in texts(API_SECRET).items()
    ),
    *(
        BadInput(name=f"request token {how}", request_token=value)
        for how, value in {
            **texts(REQUEST_TOKEN),
            **others(REQUEST_TOKEN),
            "with Bearer": f"Bearer {REQUEST_TOKEN}",
        }.items()
    ),
    *(BadInput(name=f"base_url, {how}", options={"base_url": url}) for how, url in BASE_URLS.items()),
    *(
        BadInput(name=f"TORUS_BASE_URL, {how}", options={"base_url": None}, environment={"TORUS_BASE_URL": url})
        for how, url in BASE_URLS.items()
    ),
    *(BadInput(name=f"base_url {how}", options={"base_url": url}) for how, url in others(PROXY_PASSWORD).items()),
    *(BadInput(name=f"proxy, {how}", options={"proxy": url}) for how, url in PROXIES.items()),
    *(BadInput(name=f"HTTPS_PROXY, {how}", environment={"HTTPS_PROXY": url}) for how, url in PROXIES.items()),
    *(BadInput(name=f"all_proxy, {how}", environment={"all_proxy": url}) for how, url in PROXIES.items()),
    *(BadInput(name=f"proxy {how}", options={"proxy": url}) for how, url in others(PROXY_PASSWORD).items()),
    BadInput(
        name="proxy and local_address",
        options={"proxy": f"http://merchant:{ESCAPED}@127.0.0.1:1", "local_address": "127.0.0.1"},
    ),
    BadInput(
        name="proxy and plain HTTP",
        options={"proxy": f"http://merchant:{ESCAPED}@127.0.0.1:1", "base_url": "http://127.0.0.1:1"},
    ),
    BadInput(name="client_cert with the wrong password", files=locked_key),
    BadInput(name="client_cert, no files", options={"client_cert": ("no-cert", "no-key", PROXY_PASSWORD)}),
    BadInput(name="client_cert in a list", options={"client_cert": ["no-cert", "no-key", PROXY_PASSWORD]}),
    BadInput(name="client_cert in a dict", options={"client_cert": {"password": PROXY_PASSWORD}}),
    BadInput(name="client_cert, password as bytes", options={"client_cert": ("a", "b", PROXY_PASSWORD.encode())}),
    BadInput(name="client_cert, password in a list", options={"client_cert": ("a", "b", [PROXY_PASSWORD])}),
]
