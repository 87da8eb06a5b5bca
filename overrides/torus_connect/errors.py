"""The exception tree. Every error says, as `outcome`, what became of the request token."""

from __future__ import annotations

from enum import Enum

TYPE_CHECKING = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    from typing import Any, ClassVar

    from .reply import Headers, Reply

TOTP_OPERATION = "generateSessionWithTotp"


class Outcome(Enum):
    """What an error means for the request token.

    The service documents none of this; it follows from what can have reached it.
    """

    NOT_SENT = "not_sent"
    """The request cannot have reached the service: try again with the same request token."""
    REFUSED = "refused"
    """The service answered, and said no: read the error."""
    UNKNOWN = "unknown"
    """It may have been served and the answer is lost: the request token may be spent, so log in again."""


_NEXT_STEP = {
    Outcome.NOT_SENT: "The same {proof} can be tried again{while_good}.",
    Outcome.REFUSED: "See what the service said; it is kept with this error.",
    Outcome.UNKNOWN: "The {proof} may be spent: {renew}.",
}
# What a next step speaks of: what was traded, how to get another, and what else was sent.
_WITH_REQUEST_TOKEN = {
    "proof": "request token",
    "while_good": "",
    "retry": "try again with the same request token",
    "renew": "let the user log in again for a new one",
    "renew_at": "let the user log in again at the login URL for a new one",
    "credentials": "API key and API secret",
    "credential": "API key or secret",
    "everything": "API key, API secret and request token",
}
_WITH_TOTP = {
    "proof": "code",
    "while_good": ", as long as it is shown",
    "retry": "try again with the same code, as long as it is shown",
    "renew": "take the next one",
    "renew_at": "take the next one",
    "credentials": "API key, authenticator secret and clock",
    "credential": "API key",
    "everything": "API key and code",
}


class TorusError(Exception):
    """The root of every error of this SDK.

    Neither the message nor the `repr` holds a secret or anything the service answered. The last line of the message
    says what to do next.

    Attributes:
        outcome: what became of the request token.
        reply: the raw reply, as far as there was one; else `None`.
        retry_after: how many seconds the service asked to wait (`Retry-After`), or `None`.
        operation: the operation of the spec that was called; `None` where it did not come to that.
    """

    outcome: ClassVar[Outcome] = Outcome.UNKNOWN
    retried: ClassVar[bool] = False
    """Whether an error of this kind is tried again by the client itself: never where the token may be spent."""
    next_step: ClassVar[str | None] = None
    retry_after: float | None = None
    operation: str | None = None

    def __init__(self, message: str, *, reply: Reply | None = None) -> None:
        super().__init__(message)
        self.reply = reply

    @property
    def service_message(self) -> str | None:
        """The service's own words, where it sent any in one of the two known shapes.

        It stays out of the error's message because a service may repeat what it was sent.
        """
        words = (self.reply and self.reply.json_object()) or {}
        said = (words.get(name) for name in ("message", "error", "details"))
        return ": ".join(text for text in said if isinstance(text, str) and text) or None

    def __str__(self) -> str:
        return self._worded(self.next_step, {})

    def _worded(self, next_step: str | None, words: dict[str, str]) -> str:
        """Return the message with a next step, and with other words for what that speaks of: see the command line."""
        asked = f"The service asked to wait {self.retry_after:.0f} seconds. " if self.retry_after is not None else ""
        ours = _WITH_TOTP if self.operation == TOTP_OPERATION else _WITH_REQUEST_TOKEN
        said = self.args[0] if self.args else type(self).__name__  # which is half-built
        return f"{said}\n{asked}{(next_step or _NEXT_STEP[self.outcome]).format_map({**ours, **words})}"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (type(self), self.args[0], self.reply, self.retry_after, self.operation))


def _rebuilt(
    cls: type[TorusError], message: str, reply: Reply | None, retry_after: float | None, operation: str | None
) -> TorusError:
    error = cls(message, reply=reply)
    error.retry_after = retry_after  # a pickle of the reply has no headers
    error.operation = operation
    return error


class ConfigurationError(TorusError, ValueError):
    """An argument, an environment variable or an option is missing or malformed; nothing was sent."""

    outcome = Outcome.NOT_SENT
    next_step = "Nothing was sent: correct the value and call again."


class ClientClosed(TorusError, RuntimeError):
    """The client was closed before the call; nothing was sent."""

    outcome = Outcome.NOT_SENT
    next_step = "Nothing was sent: make a new client, or call before the `with` block ends."


class LoginFailed(TorusError):
    """The login in the browser brought no request token that can be used; nothing was sent."""

    outcome = Outcome.NOT_SENT
    next_step = "Nothing was sent: let the user log in again at the login URL."


class LoginTimeout(LoginFailed):
    """Nobody came back from the login in time; nothing was sent."""


class SessionExpired(TorusError):
    """The session is over, and there is no `on_expired` hook that yields another; the account call was not sent."""

    outcome = Outcome.NOT_SENT
    next_step = "Nothing was sent: let the user log in again, and make the call with the new session."


class WrongOrigin(TorusError):
    """An account call goes elsewhere than to the API that the access token is for; it was not sent."""

    outcome = Outcome.NOT_SENT
    next_step = "Nothing was sent: check the URL of the account call; scheme, host and port must be the session's."


class RedirectedElsewhere(WrongOrigin):
    """An account call was redirected to another place; the access token did not go along, but the call was served."""

    outcome = Outcome.UNKNOWN
    next_step = "What the service made of the account call is not known: do not follow redirects, and see where to."


class ConnectionFailed(TorusError):
    """No connection came about: name, port, TLS, proxy, or a timeout before the request was sent."""

    outcome = Outcome.NOT_SENT
    retried = True
    next_step = "Nothing was sent: check network and base URL, then {retry}."


class ReplyLost(TorusError):
    """The request was sent, at least in part, and no whole reply came back. It is never sent again."""

    outcome = Outcome.UNKNOWN


class MalformedReply(TorusError):
    """The service answered with a success that cannot be used. The access token may be in `reply.content`."""

    outcome = Outcome.UNKNOWN
    next_step = (
        "The raw reply, kept with this error, may hold the access token (a secret). "
        "Otherwise the {proof} may be spent: {renew}."
    )


class APIStatusError(TorusError):
    """The service answered with another status than 200.

    What a status means is not documented by the service: names and next steps are inferred from HTTP.
    """

    outcome = Outcome.REFUSED
    next_step: ClassVar[str | None] = (
        "See what the service said; it is kept with this error. "
        "Probably (the service documents no error) the {proof} is used or old: {renew}."
    )
    reply: Reply

    def __init__(self, message: str, *, reply: Reply) -> None:
        from .dates import retry_after  # noqa: PLC0415 - python-dateutil, loaded where a date is read

        super().__init__(message, reply=reply)
        self.retry_after = retry_after(reply.headers) if "Retry-After" in reply.headers else None

    @property
    def status_code(self) -> int:
        """The HTTP status of the reply."""
        return self.reply.status_code

    @property
    def headers(self) -> Headers:
        """The headers of the reply."""
        return self.reply.headers


class RedirectRefused(APIStatusError):
    """3xx: a redirect would carry the secret and the request token elsewhere, so it is never followed."""

    next_step = "Check the base URL: this client sends secrets to no other place than the one it was given."


class BadRequest(APIStatusError):
    """400 or 422: the service could not make sense of the request."""

    next_step = "Check {everything}."


class AuthenticationFailed(APIStatusError):
    """401: the service did not accept the credentials or the request token."""

    next_step = (
        "Probably (the service documents no error) the {proof} is used or old: {renew_at}. "
        "Otherwise check {credentials}."
    )


class PermissionDenied(APIStatusError):
    """403: the service did not allow the call."""

    next_step = (
        "Probably (the service documents no error) the {credential} is wrong, or this machine's IP address is not "
        "whitelisted with the broker: check both."
    )


class NotFound(APIStatusError):
    """404: there is no such path at the base URL."""

    next_step = "Check the base URL."


class RateLimited(APIStatusError):
    """429: too many requests."""

    retried = True
    next_step = "Wait, then {retry}."


class ServiceUnavailable(APIStatusError):
    """503 with `Retry-After`: the service asks to come back later."""

    retried = True
    next_step = "Wait, then {retry}."


class ServerError(APIStatusError):
    """Any other 5xx: the service failed, and may have spent the request token all the same."""

    outcome = Outcome.UNKNOWN
    next_step = None
