"""How the service is reached: TLS, proxy, source address. Certificates are verified, whatever is set."""

from __future__ import annotations

import os
import sys
from functools import cache

from torus_connect._config.checks import checked_file, checked_flag, checked_text, from_environment
from torus_connect._config.urls import DEFAULT_PORTS, url_fault
from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret, conceal

TYPE_CHECKING: bool = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    import ssl

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


class Network:
    """The checked network settings of one client.

    Attributes:
        encrypted: whether TLS is spoken to the service.
        proxy: the URL of the HTTP proxy to go through, which may hold its credentials; `None` for none.
        local_address: the address of this machine to connect from; `None` for whichever the system takes.

    Raises:
        ConfigurationError: one of them is malformed, cannot be read, or does not go with another.
    """

    __slots__ = ("_proxy", "_ssl_context", "_trust_env", "encrypted", "local_address", "proxy")

    def __init__(  # noqa: PLR0913 - keyword-only
        self,
        base_url: str,
        *,
        ca_file: Concealed | None = None,
        client_cert: Concealed | None = None,
        ssl_context: object = None,
        proxy: Secret | Unusable | None = None,
        trust_env: object = True,
        local_address: Secret | Unusable | None = None,
    ) -> None:
        self._proxy, self._trust_env = proxy, checked_flag("trust_env", trust_env)
        self._ssl_context = _ready_context(ssl_context, ca_file, client_cert, trust_env=self._trust_env)
        self._lead_to(base_url)
        self.local_address = None if local_address is None else _checked_address(local_address)
        self._check_pair()

    def to(self, base_url: str) -> Network:
        """Return the same settings on the way to another place: a proxy may be for one of the two only.

        Raises:
            ConfigurationError: they do not go with that place.
        """
        from copy import copy  # noqa: PLC0415 - for another place than the first only

        there = copy(self)
        there._lead_to(base_url)  # noqa: SLF001 - its own
        there._check_pair()  # noqa: SLF001
        return there

    def _lead_to(self, base_url: str) -> None:
        self.encrypted = base_url.startswith("https:")
        self.proxy = self._checked_proxy(base_url, self._proxy, trust_env=self._trust_env)

    def _check_pair(self) -> None:
        if self.proxy and self.local_address:
            raise ConfigurationError("local_address does not go with a proxy: the proxy's address is what counts")

    @property
    def has_encrypted_proxy(self) -> bool:
        """Whether TLS is spoken to the proxy itself, too."""
        return self.proxy is not None and self.proxy.startswith("https:")

    def tls_context(self) -> ssl.SSLContext:
        """Return the context for the connections of one engine."""
        if self._ssl_context:
            return self._ssl_context
        # Reading the roots takes longer than a call. A context that trusts nobody is right where no TLS is spoken.
        return _shared_context(_key_log(trust_env=self._trust_env)) if self.encrypted else _empty_context()

    def _checked_proxy(self, base_url: str, proxy: Secret | Unusable | None, *, trust_env: bool) -> Secret | None:
        name = "proxy"
        if proxy is None and trust_env and self.encrypted:
            name, proxy = "proxy (from the environment)", _environment_proxy(base_url)
        if proxy is None:
            return None
        url = checked_text(name, proxy)
        fault = url_fault(url, credentials=True)
        if fault:
            raise ConfigurationError(f"{name} {fault}")
        if not self.encrypted:
            raise ConfigurationError("proxy does not go with an http:// base URL: it would see the secrets")
        if "[" in base_url:
            # httpcore asks the proxy for ::1:443, from which nobody can tell the address from the port.
            raise ConfigurationError(f"{name} does not go with an IPv6 address in the base URL: use a name")
        return url


def _environment_proxy(base_url: str) -> Secret | None:
    # Where the system has no settings of its own for it, a variable must say so: what reads them is slow to load.
    if sys.platform not in ("darwin", "win32") and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    from urllib.parse import urlsplit  # noqa: PLC0415
    from urllib.request import getproxies, getproxies_environment, proxy_bypass  # noqa: PLC0415

    from .no_proxy import is_exempt  # noqa: PLC0415

    proxies = getproxies()
    found, no_proxy = conceal(proxies.get("https") or proxies.get("all")), proxies.get("no", "")
    del proxies
    if not isinstance(found, Secret):
        return None
    place = urlsplit(base_url)
    host = place.hostname or ""
    # Where the environment says nothing, the proxy is one of the system's settings, and so are its exemptions.
    if (
        is_exempt(host, place.port or DEFAULT_PORTS["https"], no_proxy)
        if getproxies_environment()
        else proxy_bypass(host)
    ):
        return None
    return found if "://" in found else Secret(f"http://{found}")


def _ready_context(
    ssl_context: object,
    ca_file: Concealed | None,
    client_cert: Concealed | None,
    *,
    trust_env: bool,
) -> ssl.SSLContext | None:
    if ssl_context is not None:
        return _checked_context(ssl_context, alone=ca_file is None and client_cert is None)
    name = "ca_file"
    if ca_file is None:
        found = from_environment("TORUS_CA_FILE", argument=name)
        name, ca_file = f"{name} (from TORUS_CA_FILE)", conceal_paths(found or None)
    if ca_file is None and client_cert is None:
        return None
    key_log = _key_log(trust_env=trust_env)
    context = _default_context(key_log) if ca_file is None else _context_of(name, ca_file, key_log)
    if client_cert is not None:
        _load_client_cert(context, client_cert)
    return context


def _key_log(*, trust_env: bool) -> str | None:
    """Return the file that the keys of TLS connections are written to, where the user asks for that, as of any tool."""
    return (trust_env and not sys.flags.ignore_environment and os.environ.get("SSLKEYLOGFILE")) or None


def _empty_context(key_log: str | None = None) -> ssl.SSLContext:
    """Return a context that verifies certificates and host names, and trusts nobody yet.

    It is not made by `ssl.create_default_context`, which would log the keys whether or not the environment is trusted.
    """
    import ssl  # noqa: PLC0415 - a client without a call does without

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
        import ssl  # noqa: PLC0415

        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    context.load_verify_locations(cafile=_roots())
    return context


def _roots() -> str:
    """Return the file of the roots that certifi has, which comes along with httpx.

    It is found beside certifi's modules, where there is no need to ask: to do so loads what takes a seventh of a
    process start. Who ships certifi without that file has changed what it answers.
    """
    if "certifi" not in sys.modules:
        from importlib.machinery import SourceFileLoader  # noqa: PLC0415 - with the context only
        from importlib.util import find_spec  # noqa: PLC0415

        spec = find_spec("certifi")
        # Any other loader may be that of a tool which changes what certifi answers.
        if spec and spec.origin and type(spec.loader) is SourceFileLoader:
            file = os.path.join(os.path.dirname(spec.origin), "cacert.pem")  # noqa: PTH118, PTH120 - pathlib is slow
            if os.path.isfile(file):  # noqa: PTH113
                return file
    import certifi  # noqa: PLC0415

    return str(certifi.where())


_shared_context = cache(_default_context)
"""Nobody changes it, so that all clients of a process can share it."""


def _checked_context(ssl_context: object, *, alone: bool) -> ssl.SSLContext:
    import ssl  # noqa: PLC0415

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


def _checked_address(local_address: Secret | Unusable) -> str:
    from ipaddress import ip_address  # noqa: PLC0415

    text = checked_text("local_address", local_address)
    try:
        ip_address(text)
    except ValueError:
        pass
    else:
        return str(text)
    raise ConfigurationError("local_address must be an IP address of this machine")
