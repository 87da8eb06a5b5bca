"""Contexts for TLS. Each verifies certificates and host names, whatever is set."""

from __future__ import annotations

import os
import ssl
import sys
from functools import cache
from typing import TYPE_CHECKING

import certifi

from torus_connect._config.checks import checked_file, from_environment
from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret, conceal

if TYPE_CHECKING:
    from torus_connect.secret import Unusable

Path = str | os.PathLike[str]
Concealed = tuple["Secret | Unusable | None", ...]


def conceal_paths(value: object) -> Concealed | None:
    """Hide one path, or a tuple of paths and a password; `None` for `None`."""
    if value is None:
        return None
    parts = value if isinstance(value, tuple) else (value,)
    return tuple(conceal(_text_of(part)) for part in parts)


def _text_of(path: object) -> object:
    try:
        return os.fspath(path)  # type: ignore[call-overload]  # it objects to what is no path
    except Exception:  # noqa: BLE001 - whatever a path of somebody else's making does
        return path


def configured_context(
    ssl_context: object, ca_file: Concealed | None, client_cert: Concealed | None, *, trust_env: bool
) -> ssl.SSLContext | None:
    """Return the context that the arguments of a client ask for, or `None` where the usual one will do.

    Raises:
        ConfigurationError: an argument is malformed, cannot be read, or does not go with another.
    """
    if ssl_context is not None:
        return _checked_context(ssl_context, alone=ca_file is None and client_cert is None)
    name = "ca_file"
    if ca_file is None:
        found = from_environment("TORUS_CA_FILE", argument=name)
        name, ca_file = f"{name} (from TORUS_CA_FILE)", conceal_paths(found or None)
    if ca_file is None and client_cert is None:
        return None
    key_log = key_log_file(trust_env=trust_env)
    context = _default_context(key_log) if ca_file is None else _context_of(name, ca_file, key_log)
    if client_cert is not None:
        _load_client_cert(context, client_cert)
    return context


def key_log_file(*, trust_env: bool) -> str | None:
    """Return the file that the keys of TLS connections are written to, where the user asks for that, as of any tool."""
    return (trust_env and not sys.flags.ignore_environment and os.environ.get("SSLKEYLOGFILE")) or None


def _empty_context(key_log: str | None = None) -> ssl.SSLContext:
    """Return a context that trusts nobody yet.

    It is not made by `ssl.create_default_context`, which would log the keys whether or not the environment is trusted.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not key_log:
        return context
    try:
        # A new one is for this user only.
        os.close(os.open(key_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        context.keylog_filename = key_log
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "it is no path"
    else:
        return context
    raise ConfigurationError(f"SSLKEYLOGFILE names a file that cannot be written: {why}")


def _default_context(key_log: str | None) -> ssl.SSLContext:
    context = _empty_context(key_log)
    if sys.version_info >= (3, 13):  # as `ssl.create_default_context` has it
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    context.load_verify_locations(cafile=certifi.where())
    return context


shared_context = cache(_default_context)
"""Nobody changes it, so that all clients of a process can share it."""


def _checked_context(ssl_context: object, *, alone: bool) -> ssl.SSLContext:
    if not isinstance(ssl_context, ssl.SSLContext):
        raise ConfigurationError(f"ssl_context must be an ssl.SSLContext, not {type(ssl_context).__name__}")
    if not alone:
        raise ConfigurationError("ssl_context does not go with ca_file or client_cert: load them into the context")
    if ssl_context.verify_mode is not ssl.CERT_REQUIRED or not ssl_context.check_hostname:
        raise ConfigurationError("ssl_context must verify certificates and host names: it carries secrets")
    return ssl_context


def _context_of(name: str, ca_file: Concealed, key_log: str | None) -> ssl.SSLContext:
    if len(ca_file) != 1:
        raise ConfigurationError(f"{name} must be one path, not a tuple")
    path = checked_file(name, ca_file[0])
    context = _empty_context(key_log)
    try:
        context.load_verify_locations(cafile=path)
    except OSError:
        pass
    else:
        return context
    raise ConfigurationError(f"{name} holds no certificate in PEM form")


def _load_client_cert(context: ssl.SSLContext, client_cert: Concealed) -> None:
    *files, password = client_cert if len(client_cert) == 3 else (*client_cert, Secret())  # noqa: PLR2004
    if len(files) not in (1, 2) or not isinstance(password, Secret):
        raise ConfigurationError("client_cert must be a path, or a tuple of certificate, key and password")
    cert_file, key_file = (checked_file("client_cert", path) for path in (files[0], files[-1]))
    try:
        # An empty password, and not none: for none, OpenSSL would ask on the terminal.
        context.load_cert_chain(cert_file, key_file, str(password))
    except (OSError, ValueError):
        pass
    else:
        return
    raise ConfigurationError("client_cert holds no matching certificate and key in PEM form, or its password is wrong")
