"""What a client cannot be asked for, in words that say what to do instead of Python's."""

from __future__ import annotations

TYPE_CHECKING: bool = False  # type checkers know the arguments and attributes there are, and that there are no others

if TYPE_CHECKING:
    from typing import NoReturn, Self

_OF_SESSION = "of the Session that generate_session or session returns"
_INSTEAD = {
    "access_token": f"it is access_token {_OF_SESSION}",
    "auth": f"it is auth() {_OF_SESSION}",
    "login": "a user logs in at login_url; session(login=...) returns the stored session, or makes one",
    "token": f"it is access_token {_OF_SESSION}",
}


class Guided:
    """A class whose arguments all have names and defaults, and whose objects are neither copied nor pickled."""

    __slots__ = ()

    if not TYPE_CHECKING:

        def __new__(cls, /, *values: object, **options: object) -> Self:
            unnamed, names = len(values), list(options)
            del values, options  # no frame of an error may hold them in the open
            if cls.__init__.__module__.startswith("torus_connect."):  # a subclass may have arguments of its own
                known = cls.__init__.__kwdefaults__
                unknown = next((name for name in names if name not in known), None)
                msg = ""
                if unnamed:
                    msg = f"{cls.__name__} takes its arguments by name: {cls.__name__}(api_key=..., api_secret=...)"
                elif unknown is not None:
                    msg = f"{cls.__name__} has no argument {unknown!r}: it has {', '.join(known)}"
                if msg:
                    raise TypeError(msg)
            return super().__new__(cls)

        def __getattr__(self, name: str) -> NoReturn:
            instead = f": {_INSTEAD[name]}" if name in _INSTEAD else ""
            msg = f"{type(self).__name__!r} object has no attribute {name!r}{instead}"
            raise AttributeError(msg, name=name, obj=self)

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        msg = (
            f"{type(self).__name__} is neither copied nor pickled: threads and tasks share one, and each process makes "
            "its own"
        )
        raise TypeError(msg)
