"""Which proxy the environment names, and for which hosts it does not count (`NO_PROXY`)."""

from __future__ import annotations

import os
import re
import sys
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from torus_connect._config.urls import DEFAULT_PORTS
from torus_connect.secret import Secret, conceal

_ENTRY = r"(?:\[(?P<bracketed>[^]]*)]|(?P<name>[^:]*))(?::(?P<port>[0-9]{1,5}))?"


def environment_proxy(base_url: str) -> Secret | None:
    """Return the URL of the proxy of the environment, or of the system's settings, for a checked https:// base URL."""
    # Where the system has no settings of its own for it, a variable must say so: what reads them is slow to load.
    if sys.platform not in ("darwin", "win32") and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    from urllib.request import getproxies, getproxies_environment, proxy_bypass  # noqa: PLC0415 - see above

    proxies = getproxies()
    found, no_proxy = conceal(proxies.get("https") or proxies.get("all")), proxies.get("no", "")
    del proxies
    parts = urlsplit(base_url)
    host, port = parts.hostname or "", parts.port or DEFAULT_PORTS["https"]
    # Where the environment says nothing, the proxy is one of the system's settings, and so are its exemptions.
    exempt = _is_exempt(host, port, no_proxy) if getproxies_environment() else proxy_bypass(host)
    if exempt or not isinstance(found, Secret):
        return None
    return found if "://" in found else Secret(f"http://{found}")


def _is_exempt(host: str, port: int, no_proxy: str) -> bool:
    """Return whether a host is reached without a proxy, as curl, Go and requests read the variable.

    Args:
        host: a name in lower case, or an IP address without brackets.
        port: where to connect to.
        no_proxy: entries between commas or blanks: `*` is every host; `x` and `.x` are that name and all names below
            it, `*.x` the latter only; an IP address or a network (`10.0.0.0/8`) is meant for hosts that are given as an
            address, as no name is looked up. Behind a colon, an entry may name the one port that it is for. What is
            none of these counts for nothing.
    """
    return any(_covers(entry, host, port) for entry in re.split(r"[,\s]+", no_proxy.lower()))


def _covers(entry: str, host: str, port: int) -> bool:
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
