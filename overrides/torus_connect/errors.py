"""The exception tree. Every error says, as `outcome`, what became of the call."""

from __future__ import annotations

from enum import Enum
from functools import partial

TYPE_CHECKING: bool = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, ClassVar

    from torus_connect_api.client import Operation

    from .reply import Headers, Reply


class Outcome(Enum):
    """What an error means for the call, and for what it spends, such as a request token.

    The service documents none of this; it follows from what can have reached it.
    """

    NOT_SENT = "not_sent"
    """The request cannot have reached the service: the same call can be made again."""
    REFUSED = "refused"
    """The service answered, and said no: read the error."""
    UNKNOWN = "unknown"
    """It may have been served and the answer is lost: a request token may be spent, an order may be placed."""


_NEXT_STEP = {
    Outcome.NOT_SENT: "The same {what} can be tried again.",
    Outcome.REFUSED: "See what the service said; it is kept with this error.",
    Outcome.UNKNOWN: "{unknown}",
}


def _words_of(operation: Operation | None) -> dict[str, str]:
    """Return what the next step of an error speaks of, from the operation that was called.

    They are: `what` was sent, such as a request token, and how to try again with it; how to get another one (`renew`);
    what to say where the service did not accept it (`rejected`), where it refused for a reason that its status does not
    tell (`refused`), and where the answer is lost (`unknown`); and the path of its server.
    """
    words = {"what": "call", "retry": "try again with the same {what}", "renew": "Log in again.", "refused": ""}
    path = operation.servers[0].split("/", 3)[3:] if operation else []
    words["path"] = f": in the spec, its path is /{path[0]}" if path else ""
    if operation and operation.spends:
        words["what"], words["renew"] = operation.spends, operation.renew or words["renew"]
        words["unknown"] = "The {what} may be spent. {renew}"
        words["rejected"] = "Probably (the service documents no error) the {what} is used or old. {renew}"
        words["refused"] = " {rejected}"
        return words
    harmless = operation is not None and operation.idempotent
    words["unknown"] = _HARMLESS if harmless else "It may have been served: look for its effect before you call again."
    words["rejected"] = "Probably (the service documents no error) the access token is old. {renew}"
    return words


_LOOK = "It may have been served: see what find_order({reference!r}) returns before you do anything else."
_HARMLESS = "To make it once more changes nothing, so it can be made again."


class TorusError(Exception):
    """The root of every error of this SDK.

    Neither the message nor the `repr` holds a secret or anything the service answered. The last line of the message
    says what to do next.

    Attributes:
        outcome: what became of the call.
        reply: the raw reply, as far as there was one; else `None`.
        retry_after: how many seconds the service asked to wait (`Retry-After`), or `None`.
        operation: the operation of the spec that was called; `None` where it did not come to that.
        reference: of an order that was placed, modified or cancelled: what `find_order` finds it by; else `None`.
    """

    outcome: Outcome = Outcome.UNKNOWN
    retried: ClassVar[bool] = False
    """Whether the client itself tries again after an error of this kind, where the operation allows it."""
    next_step: ClassVar[str | None] = None
    retry_after: float | None = None
    operation: str | None = None
    reference: str | None = None
    _words: Mapping[str, str] = _words_of(None)

    def __init__(self, message: str, *, reply: Reply | None = None) -> None:
        super().__init__(message)
        self.reply = reply

    def concern(self, operation: Operation) -> None:
        """Say which operation of the spec was called; the next step speaks of what that operation sent."""
        self.operation, self._words = operation.id, {**self._words, **_words_of(operation)}

    def concern_order(self, reference: str) -> None:
        """Say which order was sent; where its fate is unknown, the next step names it."""
        self.reference = reference
        self._words = {**self._words, "unknown": _LOOK.format(reference=reference)}

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
        spoken_of = {**self._words, **words}
        usual = self.outcome is type(self).outcome  # else the next step of the class is about another outcome
        step = (usual and next_step) or _NEXT_STEP[self.outcome]
        for name, text in 3 * list(spoken_of.items()):  # what some words stand for is a sentence with others in it
            step = step.replace(f"{{{name}}}", text)
        said = self.args[0] if self.args else type(self).__name__  # which is half-built
        return f"{said}\n{asked}{step}"

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: vars(self)[name] for name in _TRAVELS if name in vars(self)}
        return (partial(type(self), reply=self.reply), (self.args[0],), state)


_TRAVELS = ("retry_after", "outcome", "operation", "reference", "_words", "__notes__")
"""What an error takes along into a pickle, beside its message: the pickle of a reply has no headers."""


class ConfigurationError(TorusError, ValueError):
    """An argument, an environment variable or an option is missing or malformed; nothing was sent."""

    outcome = Outcome.NOT_SENT
    next_step: ClassVar[str | None] = "Nothing was sent: correct the value and call again."


class ClientClosed(TorusError, RuntimeError):
    """The client was closed before the call; nothing was sent."""

    outcome = Outcome.NOT_SENT
    next_step: ClassVar[str | None] = "Nothing was sent: make a new client, or call before the `with` block ends."


class LoginFailed(TorusError):
    """The login in the browser brought no request token that can be used; nothing was sent."""

    outcome = Outcome.NOT_SENT
    next_step: ClassVar[str | None] = "Nothing was sent: let the user log in again at the login URL."


class LoginTimeout(LoginFailed):
    """No redirect of the login came in time; nothing was sent."""


class SessionExpired(TorusError):
    """The session is over, and there is no `on_expired` hook that yields another; the account call was not sent."""

    outcome = Outcome.NOT_SENT
    next_step: ClassVar[str | None] = "Nothing was sent: let the user log in again, and use the new session."


class WrongOrigin(TorusError):
    """An account call goes elsewhere than to the API that the access token is for; it was not sent."""

    outcome = Outcome.NOT_SENT
    next_step: ClassVar[str | None] = "Nothing was sent: scheme, host and port of the URL must be those of the session."


class RedirectedElsewhere(WrongOrigin):
    """An account call was redirected to another origin; the access token did not go along, but the call was served."""

    outcome = Outcome.UNKNOWN
    next_step: ClassVar[str | None] = (
        "What the service made of the account call is not known: do not follow redirects, and see where to."
    )


class ConnectionFailed(TorusError):
    """No connection came about: name, port, TLS, proxy, or a timeout before the request was sent."""

    outcome = Outcome.NOT_SENT
    retried = True
    next_step: ClassVar[str | None] = "Nothing was sent: check network and base URL, then {retry}."


class ReplyLost(TorusError):
    """The request was sent, at least in part, and no whole reply came back.

    It is sent again only where the operation changes nothing.
    """

    outcome = Outcome.UNKNOWN
    retried = True


class MalformedReply(TorusError):
    """The service answered with a success that cannot be used. The access token may be in `reply.content`."""

    outcome = Outcome.UNKNOWN
    next_step: ClassVar[str | None] = (
        "The raw reply is kept with this error; that of a login may hold the access token, a secret. {unknown}"
    )


class ServiceError(TorusError):
    """The service answered 200, and says in the reply that the call failed: see `service_message`.

    Of a call that changes nothing, for the words only that the spec lists as errors; of an order, for every word that
    it does not list as a success, and then what became of it is unknown.
    """

    outcome = Outcome.REFUSED
    reply: Reply


class APIStatusError(TorusError):
    """The service answered with another status than 200.

    What a status means is not documented by the service: names and next steps are inferred from HTTP.
    """

    outcome = Outcome.REFUSED
    next_step: ClassVar[str | None] = "See what the service said; it is kept with this error.{refused}"
    reply: Reply

    def __init__(self, message: str, *, reply: Reply) -> None:
        from ._dates import retry_after  # noqa: PLC0415 - most calls get no date

        super().__init__(message, reply=reply)
        self.retry_after: float | None = retry_after(reply.headers) if "Retry-After" in reply.headers else None

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

    next_step: ClassVar[str | None] = "Check the base URL: this client sends secrets to no other origin than its own."


class BadRequest(APIStatusError):
    """400 or 422: the service could not make sense of the request."""

    next_step: ClassVar[str | None] = "Check what was sent, and see what the service said (service_message)."


class AuthenticationFailed(APIStatusError):
    """401: the service did not accept the credentials or the request token."""

    next_step: ClassVar[str | None] = "{rejected} Otherwise check the credentials."


class PermissionDenied(APIStatusError):
    """403: the service did not allow the call."""

    next_step: ClassVar[str | None] = (
        "Probably (the service documents no error) a credential is wrong, or this machine's IP address is not "
        "whitelisted with the broker: check both."
    )


class NotFound(APIStatusError):
    """404: there is no such path at the base URL."""

    next_step: ClassVar[str | None] = "Check the base URL{path}."


class RateLimited(APIStatusError):
    """429: too many requests."""

    retried = True
    next_step: ClassVar[str | None] = "Wait, then {retry}."


class ServiceUnavailable(APIStatusError):
    """503 with `Retry-After`: the service asks to come back later; what became of an order is unknown."""

    retried = True
    next_step: ClassVar[str | None] = "Wait, then {retry}."


class ServerError(APIStatusError):
    """Any other 5xx: the service failed, and may have spent the request token all the same."""

    outcome = Outcome.UNKNOWN
    retried = True
    next_step: ClassVar[str | None] = None
