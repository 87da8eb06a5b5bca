"""What a login yields."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from .secret import Secret


class Session:
    """One user's session, as the operation `generateSession` of the spec yields it.

    Attributes:
        access_token: the access token; a `str` whose `repr` shows nothing.
        issued_at: when its reply arrived here, by this machine's clock; aware, in UTC.
    """

    __slots__ = ("access_token", "issued_at")

    def __init__(self, access_token: str, *, issued_at: datetime | None = None) -> None:
        self.access_token = Secret(access_token)
        self.issued_at = issued_at or datetime.now(UTC)

    @property
    def authorization(self) -> Secret:
        """The value of the `Authorization` header for account calls: `Bearer <access token>`."""
        return Secret(f"Bearer {self.access_token}")

    def __repr__(self) -> str:
        return f"<Session issued_at={self.issued_at.isoformat(timespec='seconds')}>"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self
