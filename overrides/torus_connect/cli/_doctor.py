"""`torus-connect doctor`: what is in use and can be reached, what is wrong, and how to mend it. It sends no secret."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from importlib import metadata

from torus_connect._calls.request import HTTPRequest
from torus_connect._config import settings
from torus_connect._config.checks import from_environment
from torus_connect._config.urls import address_of, is_loopback, origin_of
from torus_connect._console import printable, write
from torus_connect._dates import http_date, in_india
from torus_connect._transport.attempt import Attempt
from torus_connect._transport.network import Network
from torus_connect._transport.sync_connection import Connection
from torus_connect._transport.sync_io import look_up
from torus_connect._transport.tls import TlsSessions
from torus_connect._transport.tls_context import configured_context, openssl_variables, shared_context
from torus_connect._version import __version__
from torus_connect.errors import TorusError
from torus_connect.secret import Secret, conceal
from torus_connect.stores import SessionKey, open_store

from ._messages import DONE, FAILED, for_command, log_level
from ._variables import unread

MAX_SKEW_SECONDS = 30
"""How long a code of an authenticator app is shown."""
_LIBRARIES = ("httpx", "h11", "attrs", "python-dateutil", "certifi")
_EXTRAS = {"keyring": "keyring", "redis": "redis", "sandbox": "openapi-core", "totp": "pyotp"}
"""What each brings along that no other does, but for pyotp."""
_NO_LOGIN = "complete but for TORUS_API_SECRET, which a login with a request token needs; account calls do not"
_NOT_CHECKED = "whether the API key is right and the session accepted: calls show that"
_MEND = {
    "variables": "Correct its name, or unset it",
    "settings": "Set the variable as it says",
    "trust": "Correct the variable that it names, or unset it",
    "store": "Mend what it says (folder chmod 700, files 600), or name another store in TORUS_SESSION_STORE",
    "URL": "Correct the variable that it names, or unset it",
    "DNS": "Check the host name, and whether this machine is online",
    "TCP": "Check host, port and firewall; set HTTPS_PROXY where only a proxy may go out",
    "loopback": "Is `torus-connect sandbox` running, and at this port?",
    "proxy": "Check the address, user and password in HTTPS_PROXY, and that the proxy may connect there",
    "TLS": "Check the host name; set TORUS_CA_FILE where a certificate authority of your own signs",
    "HTTP": "Check that the base URL is that of the service, and try again",
    "clock": "Set the clock, best by NTP: codes of an authenticator and the expiry of a session depend on it",
}


class _Report:
    """What was found, by name, and what is wrong."""

    def __init__(self) -> None:
        self.facts: dict[str, str] = {}
        self.wrong: list[dict[str, str]] = []

    def fault(self, name: str, what: str, mend: str) -> None:
        """Note what is wrong, once, and how to mend it."""
        same = next((each["what"] for each in self.wrong if each["what"].endswith(f": {what}")), "")
        self.facts.setdefault(name, f"see {same.removesuffix(f': {what}')}, below" if same else "see below")
        if not same:
            self.wrong.append({"what": f"{name}: {what}", "mend": _MEND[mend]})

    @contextmanager
    def part(self, name: str, mend: str) -> Iterator[None]:
        """Whatever is wrong within it is noted, and the next part is looked at."""
        try:
            yield
        except TorusError as exc:
            self.fault(name, for_command(exc.args[0]), mend)

    def json(self) -> str:
        """Return it for a program, or a maintainer."""
        facts = {name: _without_home(text) for name, text in self.facts.items()}
        wrong = [{name: _without_home(text) for name, text in each.items()} for each in self.wrong]
        return json.dumps({"ok": not wrong, "facts": facts, "wrong": wrong}, indent=2) + "\n"

    def text(self) -> str:
        """Return it for a person."""
        width = max(map(len, self.facts))
        lines = [f"{name:<{width}}  {text}" for name, text in self.facts.items()]
        faults = [f"\nWrong: {_sentence(each['what'])}\n       {_sentence(each['mend'])}" for each in self.wrong]
        return printable(_without_home("\n".join([*lines, *(faults or ["\nAll is well."])])) + "\n")


def doctor(options: argparse.Namespace) -> int:
    """Print what is in use and what is wrong; return the exit code, 1 where something is wrong."""
    report, urls, api_key = _Report(), dict[str, str](), Secret("missing")
    report.facts |= _versions()
    for each in unread():
        report.fault("variables", each, "variables")
    with report.part("settings", "settings"):
        log_level()
        found = settings.Settings(api_key=None, api_secret=None)
        api_key = found.api_key
        report.facts["settings"] = "complete" if found.api_secret else _NO_LOGIN
    with report.part("trust", "trust"):
        report.facts["trust"] = _trust()
    with report.part("base URL", "URL"):
        urls["base URL"] = settings.checked_base_url(conceal(options.base_url))
    base_url = urls.get("base URL", "")
    with report.part("TOTP base URL", "URL"):
        urls["TOTP base URL"] = settings.checked_totp_base_url(None, base_url)
    with report.part("account base URL", "URL"):
        urls["account base URL"] = settings.checked_account_base_url(None) or base_url
    with report.part("store", "store"):
        _store(report, SessionKey(base_url, api_key, options.user), options.store)
    urls = {name: url for name, url in urls.items() if url}
    report.facts |= urls
    path = settings.PRODUCTION_URL.removeprefix(origin_of(settings.PRODUCTION_URL))
    if base_url and not base_url.endswith(path):
        report.facts["base URL path"] = f"is not {path}, as in the spec: right where a server of yours maps it"
    skews: list[float] = []
    for origin in dict.fromkeys(map(origin_of, urls.values())):
        with report.part(origin, "URL"):  # a proxy that does not go with it
            skews += _reach(report, origin)
    skew = int(skews[0]) if skews else 0
    distance = f"{abs(skew)} s {'behind' if skew < 0 else 'ahead of'}"
    # A Date has whole seconds, and many a server sets it once a second: below two there may be no difference at all.
    words = f"{distance if abs(skew) > 1 else 'within 2 s of'} that of the service"
    report.facts["clock"] = words if skews else "not compared: no server sent its Date"
    report.facts["not checked"] = _NOT_CHECKED
    if abs(skew) > MAX_SKEW_SECONDS:
        report.fault("clock", f"it is {words}", "clock")
    write(report.json() if options.json else report.text())
    return FAILED if report.wrong else DONE


def _versions() -> dict[str, str]:
    there = [f"{name} {found}" for name in _LIBRARIES if (found := _version(name))]
    extras = [name for name, library in _EXTRAS.items() if _version(library)]
    return {
        "torus-connect": __version__,
        "Python": f"{platform.python_version()}, {ssl.OPENSSL_VERSION}, {platform.platform()}",
        "libraries": ", ".join(there),
        "extras": ", ".join(extras) or "none",
        "engine": "connection pools of torus-connect, on h11",
        "variables": ", ".join(sorted(name for name in os.environ if name.startswith("TORUS_"))) or "none",
    }


def _version(name: str) -> str | None:
    with suppress(metadata.PackageNotFoundError):
        return metadata.version(name)
    return None


def _trust() -> str:
    own, trust = configured_context(None, None, None, None, trust_env=True)
    context, where = shared_context(trust, *openssl_variables(trust_env=True)) if own is None else (own, "")
    where = where or f"{from_environment('TORUS_CA_FILE')} (TORUS_CA_FILE)"
    return where if "by hash" in where else f"{where}, {context.cert_store_stats()['x509_ca']} authorities"


def _store(report: _Report, key: SessionKey, url: str | None) -> None:
    with closing(open_store(url)) as store:
        report.facts["store"] = repr(store).strip("<>")
        session = store.load(key)
        store.lease(key).check()
        report.facts["store"] += ", can be read and written"
    until = in_india(session.expires_at) if session else ""
    expired = session and session.is_expired()
    report.facts["session"] = f"{'expired at' if expired else 'good until'} {until}" if until else "none is stored"


def _reach(report: _Report, origin: str) -> list[float]:
    """Send `HEAD /` to a server, with no credentials, and note how far that came.

    Returns:
        By how many seconds the clock of this machine is ahead of the server's; nothing where it is not known.
    """
    network = Network(origin)
    proxy = network.proxy_address
    report.facts[origin] = f"through the proxy {proxy}" if proxy else "without a proxy"
    request = HTTPRequest("HEAD", f"{origin}/", {"User-Agent": f"torus-connect/{__version__}"}, Secret(), {})
    attempt = Attempt(request, settings.DEFAULT_TIMEOUT, settings.DEFAULT_CONNECT_TIMEOUT, proxy)
    connection = Connection(network, network.tls_context(), TlsSessions(), None)
    (host, port), addresses, failure = address_of(proxy or origin), "", None
    try:
        found = look_up(host, port, attempt.progress.left_to_connect())
        addresses = ", ".join(dict.fromkeys(str(each[4][0]) for each in found))
        connection.exchange(attempt)
    except Exception as exc:  # noqa: BLE001 - as in the pool: how far it came decides what it means
        failure = attempt.failure(exc)
    finally:
        connection.abort()
    reply = attempt.reply()
    steps = {"DNS": addresses, "TCP": "connected", "proxy": "connected", "TLS": "verified"}
    steps |= {step: "" for step in ("TCP", "proxy", "TLS") if step not in connection.steps}
    steps["HTTP"] = "" if failure else f"status {reply.status_code}"
    if not proxy:
        del steps["proxy"]
    if not network.encrypted:
        steps["TLS"] = "none, as it is http:// on this machine"
    failed = next((step for step, text in steps.items() if not text), "")
    for step, text in steps.items():
        report.facts[f"{origin}: {step}"] = text or ("failed, see below" if step == failed else "not tried")
    if failure:
        here = failed == "TCP" and not proxy and is_loopback(host)
        report.fault(f"{origin}: {failed}", failure.args[0], "loopback" if here else failed)
    date = None if failure else http_date(reply.headers.get("Date", ""))
    return [(datetime.now(UTC) - date).total_seconds()] if date else []


def _sentence(text: str) -> str:
    return text if text.endswith("?") else f"{text}."


def _without_home(text: str) -> str:
    home = os.path.expanduser("~")  # noqa: PTH111 - a Path raises where there is none
    return re.sub(rf"(?<![\w.-]){re.escape(home)}(?![\w.-])", "~", text) if len(home) > 1 else text
