"""The places that exist to hold a secret. Nothing else may."""

from __future__ import annotations

import types
from asyncio import AbstractEventLoop
from logging import Logger
from threading import Thread

OPAQUE: dict[str, str] = {
    "torus_connect_api.types.Secret": "the secret itself; its repr shows nothing, and it is not pickled",
    "torus_connect._credentials.session.Session": "what a login yields; its repr shows nothing, and it is not pickled",
    "torus_connect.reply.Reply": "the raw reply, so that nothing is lost; its repr and its pickle show nothing",
    "torus_connect.reply.Headers": "part of the raw reply",
}
"""Types whose objects count by their `repr` alone."""

KEPT: dict[str, str] = {
    "torus_connect._config.settings.Settings.api_secret": "it is sent with every call",
    "torus_connect.client.TorusConnect._store": "the URL of a store may hold its password",
    "torus_connect.async_client.AsyncTorusConnect._store": "as above",
    "torus_connect.stores._memory.MemoryStore._sessions": "the sessions that it keeps",
    "torus_connect._transport.network.Network.proxy": "the password is sent to the proxy with every connection",
    "torus_connect._transport.network.Network._proxy": "as it was given, for the way to another place",
}
"""Attributes in which a client keeps a secret between its calls."""

SENT: dict[str, str] = {
    "request token": "the header `Token` of the request",
    "access token": "the header `Authorization` of an account call",
    "code": "the body of the request",
    "API secret": "the body of the request",
    "proxy password": "the header `Proxy-Authorization` of a CONNECT, in base64",
}
"""Where a secret leaves this machine: there, and nowhere else in what is sent."""

COMMAND: dict[str, str] = {
    "environment": "TORUS_API_SECRET, TORUS_REQUEST_TOKEN, TORUS_TOTP_SECRET, HTTPS_PROXY: the user puts them there",
    "standard input": "the request token, for `--request-token -` and `login --paste`; the code, for `--totp -`",
    "standard output": "the access token, once, where the call succeeds",
    "the file of --save-reply": "the raw reply, for nobody but its owner",
    "the state folder": "the same, where the outcome is unknown",
    "the store": "the access token: a file for nobody but its owner, or the keyring",
    "the environment of a program": "the access token, for the program that `torus-connect run` becomes",
}
"""Where the command line takes secrets from, and puts them."""

NOT_OURS: tuple[type, ...] = (
    type,
    types.ModuleType,
    types.FrameType,
    types.TracebackType,
    AbstractEventLoop,
    Logger,
    Thread,
)
"""What a client leads to and does not own: through these one gets to all there is, the test itself included."""


def is_opaque(value: object) -> bool:
    """Return whether an object counts by its `repr` alone."""
    return any(f"{cls.__module__}.{cls.__qualname__}" in OPAQUE for cls in type(value).__mro__)


def kept_by(value: object) -> list[object]:
    """Return what an object holds on purpose."""
    name = f"{type(value).__module__}.{type(value).__qualname__}."
    return [getattr(value, place.removeprefix(name)) for place in KEPT if place.rpartition(".")[0] + "." == name]
