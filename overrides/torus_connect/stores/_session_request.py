"""What a caller of `TorusConnect.session` asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect._config.checks import checked_seconds
from torus_connect.errors import ConfigurationError

from ._protocol import SessionKey

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from torus_connect._config.settings import Settings
    from torus_connect._credentials.session import Session

    Login = Callable[[], str]
    AsyncLogin = Callable[[], str | Awaitable[str]]


class SessionRequest:
    """What a caller of `session` asks for; all of it is checked.

    Raises:
        ConfigurationError: a part of it is malformed.
    """

    def __init__(
        self, settings: Settings, user: str, login: AsyncLogin | None, timeout: float, instead_of: Session | None
    ) -> None:
        if login is not None and not callable(login):
            raise ConfigurationError(f"login must be callable, not {type(login).__name__}")
        self.settings = settings
        self.key = SessionKey(settings.base_url, settings.api_key, user)
        self.login = login
        self.timeout = checked_seconds("timeout", timeout)
        self.instead_of = instead_of
