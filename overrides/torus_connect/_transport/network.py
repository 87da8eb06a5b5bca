"""How the service is reached: TLS, proxy, source address."""

from __future__ import annotations

import os
import re
import sys
from copy import copy
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from torus_connect._config.checks import checked_flag, checked_text
from torus_connect._config.urls import address_of, is_address, url_fault
from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret, conceal

from .tls_context import configured_context, openssl_variables, shared_context

if TYPE_CHECKING:
    import ssl

    from torus_connect.secret import Unusable

    from .tls_context import Concealed

_ENTRY = r"(?:\[(?P<bracketed>[^]]*)]|(?P<name>[^:]*))(?::(?P<port>[0-9]{1,5}))?"
"""One of `NO_PROXY`."""


class Network:
    """The checked network settings of one client.

    Attributes:
        encrypted: whether TLS is spoken to the service.
        proxy: the URL of the HTTP proxy to go through, which may hold its credentials; `None` for none.
        local_address: the address of this machine to connect from; `None` for whichever the system takes.

    Raises:
        ConfigurationError: one of them is malformed, cannot be read, or does not go with another.
    """

    def __init__(  # noqa: PLR0913 - keyword-only
        self,
        base_url: str,
        *,
        ca_file: Concealed | None = None,
        client_cert: Concealed | None = None,
        ssl_context: object = None,
        trust: object = None,
        proxy: Secret | Unusable | None = None,
        trust_env: object = True,
        local_address: Secret | Unusable | None = None,
    ) -> None:
        self._proxy, self._trust_env = proxy, checked_flag("trust_env", trust_env)
        self._ssl_context, self._trust = configured_context(
            ssl_context, ca_file, client_cert, trust, trust_env=self._trust_env
        )
        self.local_address = None if local_address is None else str(checked_text("local_address", local_address))
        if self.local_address and not is_address(self.local_address):
            raise ConfigurationError("local_address must be an IP address of this machine")
        self._use_for(base_url)

    def to(self, base_url: str) -> Network:
        """Return the same settings for another base URL: a proxy may be for one of the two only.

        Raises:
            ConfigurationError: they do not go with that base URL.
        """
        network = copy(self)
        network._use_for(base_url)  # noqa: SLF001 - its own
        return network

    def _use_for(self, base_url: str) -> None:
        self.encrypted = base_url.startswith("https:")
        self.proxy = self._checked_proxy(base_url)
        if self.proxy and self.local_address:
            raise ConfigurationError("local_address does not go with a proxy: the proxy's address is what counts")

    def _checked_proxy(self, base_url: str) -> Secret | None:
        name, proxy = "proxy", self._proxy
        if proxy is None and self._trust_env and self.encrypted:
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
            # The proxy is asked for HOST:PORT, in which nobody could tell an IPv6 address from the port.
            raise ConfigurationError(f"{name} does not go with an IPv6 address in the base URL: use a name")
        return url

    def tls_context(self) -> ssl.SSLContext | None:
        """Return the context for the connections of one pool; `None` where no TLS is spoken."""
        if not self.encrypted:
            return None
        return self._ssl_context or shared_context(self._trust, *openssl_variables(trust_env=self._trust_env))[0]

    @property
    def has_encrypted_proxy(self) -> bool:
        """Whether TLS is spoken to the proxy itself, too."""
        return (self.proxy or "").startswith("https:")

    @property
    def proxy_address(self) -> str | None:
        """The URL of the proxy without its credentials; `None` for none."""
        parts = urlsplit(self.proxy or "")
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if self.proxy else None

    def proxy_headers(self) -> list[tuple[str, Secret]]:
        """Return the header with user and password for the proxy, if it wants any."""
        from base64 import b64encode  # noqa: PLC0415 - most have no proxy

        parts = urlsplit(self.proxy or "")
        if not parts.username:
            return []
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        return [("Proxy-Authorization", Secret(f"Basic {b64encode(pair).decode()}"))]


def _environment_proxy(base_url: str) -> Secret | None:
    """Return the URL of the proxy of the environment, or of the system's settings, for a checked https:// base URL."""
    # Where the system has no settings of its own for it, a variable must say so: what reads them is slow to load.
    if sys.platform not in ("darwin", "win32") and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    from urllib.request import getproxies, getproxies_environment, proxy_bypass  # noqa: PLC0415 - slow to load

    proxies = getproxies()
    found, no_proxy = conceal(proxies.get("https") or proxies.get("all")), proxies.get("no", "")
    del proxies
    host, port = address_of(base_url)
    # Where the environment says nothing, the proxy is one of the system's settings, and so are its exemptions.
    by_name = any(_covers(entry, host, port) for entry in re.split(r"[,\s]+", no_proxy.lower()))
    exempt = by_name if getproxies_environment() else proxy_bypass(host)
    if exempt or not isinstance(found, Secret):
        return None
    return found if "://" in found else Secret(f"http://{found}")


def _covers(entry: str, host: str, port: int) -> bool:
    """Return whether an entry of NO_PROXY is for a host, as curl, Go and requests read the variable.

    Args:
        entry: `*` is every host; `x` and `.x` are that name and all names below
            it, `*.x` the latter only; an IP address or a network (`10.0.0.0/8`) is meant for hosts that are given as an
            address, as no name is looked up. Behind a colon, an entry may name the one port that it is for. What is
            none of these counts for nothing.
        host: a name in lower case, or an IP address without brackets.
        port: where to connect to.
    """
    if entry == "*" or _holds(entry, host):  # an IPv6 address needs no brackets
        return True
    parts = re.fullmatch(_ENTRY, entry)
    if parts is None or int(parts["port"] or port) != port:
        return False
    name = (parts["bracketed"] or parts["name"] or "").rstrip(".")
    below = name.removeprefix("*").lstrip(".")
    if not below or ":" in host or host.rpartition(".")[2].isdigit():  # an address is no name
        return _holds(name, host)
    return host.endswith(f".{below}") or (host == below and not name.startswith("*"))


def _holds(network: str, address: str) -> bool:
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:
        return False
