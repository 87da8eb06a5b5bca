"""Users' names in messages. One that is very long is not shown: it may be an access token, in the wrong place."""

from __future__ import annotations

LONGEST_SHOWN = 40
INSTEAD = "an access token goes into `Session(...)`"


def shown_user(user: str) -> str:
    """Return a user's name for a message, or why it is not shown."""
    return repr(user) if len(user) <= LONGEST_SHOWN else f"(not shown, as it has {len(user)} characters: {INSTEAD})"


def of_user(command: str, user: str) -> str:
    """Return what to type for a command that is about this user; where the name is not shown, `USER` stands for it."""
    if user == "default":
        return f"torus-connect {command}"
    from shlex import quote  # noqa: PLC0415 - a user alone needs no name

    return f"torus-connect {command} --user {quote(user) if len(user) <= LONGEST_SHOWN else 'USER'}"
