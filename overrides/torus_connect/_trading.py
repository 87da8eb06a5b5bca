"""What a caller says of their installation who opts in to the experimental calls, such as orders."""

from __future__ import annotations

from typing import Any, TypeVar

from torus_connect_api.client import Request, json_ready

from ._config.checks import checked_text
from ._config.store_urls import JOURNALS, url_parts
from ._config.urls import is_address
from .errors import ConfigurationError
from .secret import Secret, Unusable, conceal

T = TypeVar("T")


class Trading:
    """Experimental: opts in to the calls that act on the user's money, and has what some of them must send.

        me = torus.account(session, trading=Trading(ip=..., uu_id=..., app_id=...))

    Nobody is known to have tried these calls: see docs/explanation/orders.md. What the service expects in these three
    is not known either, so there are no defaults. No `repr` shows them.

    Args:
        ip: the IP address of the user's device.
        uu_id: a random identifier, made once for an installation, and kept.
        app_id: the identifier of the app on the device. Who issues it is not known.
        journal: where `place_order` records each order before it is sent, and what became of it: `file:[PATH]` (a
            folder), `redis://HOST` or `rediss://HOST` with the extra `redis`. By default it is in memory,
            which a restart loses.

    Raises:
        ConfigurationError: one of them is empty, or cannot be sent; `ip` is no IP address, or there is no such journal.
    """

    __slots__ = ("app_id", "ip", "journal", "opened", "uu_id")

    def __init__(self, *, ip: str, uu_id: str, app_id: str, journal: str | None = None) -> None:
        address, installation, app = conceal(ip), conceal(uu_id), conceal(app_id)
        # It may hold a password.
        self.journal: Secret | Unusable | None = conceal("memory:" if journal is None else journal)
        del ip, uu_id, app_id, journal  # no frame of an error may hold them in the open
        self.opened: list[Any] = []  # the journal, opened by the first order
        self.ip: Secret = checked_text("ip", address)
        self.uu_id: Secret = checked_text("uu_id", installation)
        self.app_id: Secret = checked_text("app_id", app)
        if not is_address(self.ip):
            raise ConfigurationError("ip must be an IP address")
        url_parts(self.journal, "journal", JOURNALS)

    def filled(self, request: Request[T]) -> Request[T]:
        """Return the request with what its operation takes from here, where the caller has given nothing else."""
        body = json_ready(request.json)  # a copy
        for *within, name in request.operation.from_trading:
            part: Any = body
            for each in within:
                part = part.get(each) if isinstance(part, dict) else None
            if isinstance(part, dict):
                part.setdefault(name, getattr(self, name))
        filled = request.read_by(request.parse)
        filled.json = body
        return filled
