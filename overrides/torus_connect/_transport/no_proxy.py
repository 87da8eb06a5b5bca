"""`NO_PROXY`: which hosts are reached without the proxy of the environment."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_ENTRY = r"(?:\[(?P<bracketed>[^]]*)]|(?P<name>[^:]*))(?::(?P<port>[0-9]{1,5}))?"


def is_exempt(host: str, port: int, no_proxy: str) -> bool:
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
    address = _address(host)
    if entry == "*" or (address and _holds(entry, address)):  # an IPv6 address needs no brackets
        return True
    parts = re.fullmatch(_ENTRY, entry)
    if parts is None or int(parts["port"] or port) != port:
        return False
    if address:
        return _holds(parts["bracketed"] or parts["name"] or "", address)
    name = (parts["name"] or "").rstrip(".")
    below = name.removeprefix("*").lstrip(".")
    return bool(below) and (host.endswith(f".{below}") or (host == below and not name.startswith("*")))


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _holds(network: str, address: IPv4Address | IPv6Address) -> bool:
    try:
        return address in ip_network(network, strict=False)
    except ValueError:
        return False
