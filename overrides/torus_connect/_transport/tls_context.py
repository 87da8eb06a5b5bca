"""Contexts for TLS. Each verifies certificates and host names, whatever is set."""

from __future__ import annotations

import os
import re
import ssl
import stat
import sys
from functools import cache
from typing import TYPE_CHECKING

from torus_connect._config.checks import checked_file, checked_value, from_environment
from torus_connect._log import debug
from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret, conceal

if TYPE_CHECKING:
    from torus_connect.secret import Unusable

Path = str | os.PathLike[str]
Concealed = tuple["Secret | Unusable | None", ...]
Roots = list[tuple[str, str, bool]]
"""Where certificate authorities are: who says so, the path, and whether it is of directories with names by hash."""

TRUST = ("system", "certifi")
_VARIABLES = ("SSLKEYLOGFILE", "SSL_CERT_FILE", "SSL_CERT_DIR")
# Beside those of the OpenSSL that Python was built with, which may be none of this system's.
_DIRECTORIES = ("/etc/ssl/certs", "/etc/pki/tls/certs")
_BUNDLES = ("/etc/pki/tls/cert.pem", "/etc/ssl/cert.pem")
_HASHED = r"[0-9a-f]{8}\.[0-9]+"
_ROOT_UIDS = (0,)


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
    ssl_context: object, ca_file: Concealed | None, client_cert: Concealed | None, trust: object, *, trust_env: bool
) -> tuple[ssl.SSLContext | None, str | None]:
    """Return the context that the arguments of a client ask for, `None` where the usual one will do; and whom to trust.

    The latter is one of `TRUST`, or `None` for the default.

    Raises:
        ConfigurationError: an argument is malformed, cannot be read, or does not go with another.
    """
    if ssl_context is not None:
        alone = ca_file is None and client_cert is None and trust is None
        return _checked_context(ssl_context, alone=alone), None
    name, trust_name = "ca_file", "trust"
    if ca_file is None and trust is None:
        found = from_environment("TORUS_CA_FILE", argument=name)
        name, ca_file = f"{name} (from TORUS_CA_FILE)", conceal_paths(found or None)
        trust = from_environment("TORUS_TRUST", argument=trust_name) or None
        trust_name = f"{trust_name} (from TORUS_TRUST)"
    checked = _checked_trust(trust_name, trust)
    if ca_file is not None and checked:
        raise ConfigurationError(f"{trust_name} does not go with {name}: the file says whom to trust")
    if ca_file is None and client_cert is None:
        return None, checked
    key_log, *named = openssl_variables(trust_env=trust_env)
    context = _default_context(checked, key_log, *named)[0] if ca_file is None else _context_of(name, ca_file, key_log)
    if client_cert is not None:
        _load_client_cert(context, client_cert)
    return context, checked


def _checked_trust(name: str, trust: object) -> str | None:
    if trust is None or (isinstance(trust, str) and trust in TRUST):
        return trust and str(trust)
    raise ConfigurationError(f"{name} must be {' or '.join(TRUST)}")


def openssl_variables(*, trust_env: bool) -> tuple[str | None, ...]:
    """Return the values of `_VARIABLES`, as any tool on OpenSSL has them; `None` for one that does not count."""
    counts = trust_env and not sys.flags.ignore_environment
    return tuple((counts and os.environ.get(name)) or None for name in _VARIABLES)


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


def _default_context(
    trust: str | None, key_log: str | None = None, cert_file: str | None = None, cert_dir: str | None = None
) -> tuple[ssl.SSLContext, str]:
    """Return a context, and in words whom it trusts.

    Args:
        trust: as `configured_context` returns it; it comes before the variables.
        key_log: the first of `openssl_variables`.
        cert_file: the second.
        cert_dir: the third.

    Raises:
        ConfigurationError: what a variable names is of no use, or the system has no certificate authorities.
    """
    context = _empty_context(key_log)
    if sys.version_info >= (3, 13):  # as `ssl.create_default_context` has it
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    roots = _roots(trust, cert_file, cert_dir)
    for name, path, by_hash in roots:
        if by_hash:
            context.load_verify_locations(capath=path)  # nothing is read before a handshake asks for it
        else:
            _load_file(context, name, Secret(path))
    where = ", ".join(f"{path} ({name}{', by hash' if by_hash else ''})" for name, path, by_hash in roots)
    debug("trust: %s", where)
    return context, where


shared_context = cache(_default_context)
"""Nobody changes it, so that all clients of a process can share it."""


def _roots(trust: str | None, cert_file: str | None, cert_dir: str | None) -> Roots:
    """Decide whom to trust. No handshake has any say in it."""
    named = [] if trust else _named_roots(cert_file, cert_dir)
    if named:
        return named
    system = ssl.get_default_verify_paths()
    if trust != "certifi":
        for path in (system.openssl_capath, *_DIRECTORIES):
            if _is_of_root(path) and _has_hashed(path):
                return [("system", path, True)]
    if trust == "system":
        for path in (system.openssl_cafile, *_BUNDLES):
            if _is_of_root(path):
                return [("system", path, False)]
        raise ConfigurationError("trust is system, and it has no certificates that only root can change")
    import certifi  # noqa: PLC0415 - slow to load

    return [("certifi", certifi.where(), False)]


def _named_roots(cert_file: str | None, cert_dir: str | None) -> Roots:
    """Return what the variables of OpenSSL name."""
    file, directories = checked_value("SSL_CERT_FILE", cert_file or ""), checked_value("SSL_CERT_DIR", cert_dir or "")
    paths = [path for path in directories.split(os.pathsep) if path]
    if directories and not (paths and all(map(_has_hashed, paths))):
        raise ConfigurationError("SSL_CERT_DIR names a directory that cannot be read, or has no certificates by hash")
    found = (("SSL_CERT_FILE", str(file), False), ("SSL_CERT_DIR", str(directories), True))
    return [root for root in found if root[1]]


def _is_of_root(path: str) -> bool:
    """Return whether there is such a file or directory, and only root can change it, or put another one there.

    So all that it is in must be root's, too, by its name and behind links. In a directory with the sticky bit, such as
    `/tmp`, others cannot replace what is root's.
    """
    names = (path, os.path.realpath(path))
    around = {name[:end] or "/" for name in names for end, sign in enumerate(name) if sign == "/"}
    try:
        found, *others = map(os.stat, (path, *around))
    except OSError:
        return False
    fixed = (each for each in others if not each.st_mode & stat.S_ISVTX)
    return (
        os.name == "posix"
        and not any(each.st_mode & 0o022 for each in (found, *fixed))
        and all(each.st_uid in _ROOT_UIDS for each in (found, *others))
    )


def _has_hashed(path: str) -> bool:
    """Return whether a directory has a file where OpenSSL looks for one, such as `4042bcee.0`; no dangling link is."""
    try:
        with os.scandir(path) as entries:
            return any(re.fullmatch(_HASHED, entry.name) and os.path.isfile(entry.path) for entry in entries)  # noqa: PTH113
    except (OSError, ValueError):
        return False


def _checked_context(ssl_context: object, *, alone: bool) -> ssl.SSLContext:
    if not isinstance(ssl_context, ssl.SSLContext):
        raise ConfigurationError(f"ssl_context must be an ssl.SSLContext, not {type(ssl_context).__name__}")
    if not alone:
        raise ConfigurationError("ssl_context goes with no ca_file, client_cert or trust: load them into the context")
    if ssl_context.verify_mode is not ssl.CERT_REQUIRED or not ssl_context.check_hostname:
        raise ConfigurationError("ssl_context must verify certificates and host names: it carries secrets")
    debug("trust: ssl_context")
    return ssl_context


def _context_of(name: str, ca_file: Concealed, key_log: str | None) -> ssl.SSLContext:
    if len(ca_file) != 1:
        raise ConfigurationError(f"{name} must be one path, not a tuple")
    context = _empty_context(key_log)
    _load_file(context, name, ca_file[0])
    debug("trust: %s", name)
    return context


def _load_file(context: ssl.SSLContext, name: str, ca_file: Secret | Unusable | None) -> None:
    path = checked_file(name, ca_file)
    try:
        context.load_verify_locations(cafile=path)
    except OSError:
        pass
    else:
        return
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
