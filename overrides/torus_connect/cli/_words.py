"""What a person at a terminal does next, where an error has words for whoever writes a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect._login.redirect import LoginFault

if TYPE_CHECKING:
    import argparse

    from torus_connect.errors import TorusError

_STEPS = {
    "ConfigurationError": "Nothing was sent: correct the value, and try again.",
    "LoginFailed": "Nothing was sent: {again}.",
    "LoginPending": "Nothing was sent: wait for the other login, and try again.",
    "StoreError": "Nothing was sent: mend the store, or choose another one (TORUS_SESSION_STORE), and try again.",
    "LockLost": "Try again: it waits for the other login.",
    "MalformedReply": "The raw reply may hold the access token, a secret. {unknown}",
    "APIStatusError": "{rejected}",
    "ServiceError": "Its reply says why.",
    "SessionExpired": "Nothing was sent: {again}.",
    "WrongOrigin": "Nothing was sent: check --base-url, which must be that of the login.",
    "RedirectedElsewhere": "Check --base-url: the answer leads to another place.",
}
"""In the place of the `next_step` of these classes, by name: a command loads but some of them."""

_LOG_IN = "log in again, with `torus-connect login`"
_RENEW = "Log in again in the browser for a new one."
_GIVE = "give the request token, or the whole address that the login ended at"


def in_words(error: TorusError, options: argparse.Namespace) -> str:
    """Return the message of an error, with what the person who typed a command can do next.

    Args:
        error: what ended the command.
        options: its arguments; `pasted` says whether the address of the login was asked for.
    """
    words = {"again": _LOG_IN, "retry": _LOG_IN, "renew": f"{_LOG_IN[:1].upper()}{_LOG_IN[1:]}."}
    if hasattr(options, "called"):
        words["retry"] = "try again"
    elif options.command == "session" and options.verb == "generate":
        words = {"again": _GIVE, **({} if options.totp else {"renew": _RENEW})}
    elif options.pasted:
        words["retry"] = "paste the same address again"
        # With an error in it, the same address would be of no use.
        if error.args[0] != LoginFault.REFUSED.value:
            words["again"] = "paste the whole address that the login ended at"
    # The nearest class that has a next step: its own, or ours.
    cls = next(cls for cls in type(error).__mro__ if cls.__name__ in _STEPS or "next_step" in vars(cls))
    step = _STEPS.get(cls.__name__, vars(cls).get("next_step"))
    return error._worded(step, words)  # noqa: SLF001 - the one other reader of an error's words
