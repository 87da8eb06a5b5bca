"""Contains all the data models used in inputs/outputs"""

TYPE_CHECKING = False  # as type checkers know it; `typing` itself need not be loaded

if TYPE_CHECKING:
    from .error import Error
    from .generate_session_request import GenerateSessionRequest
    from .generate_session_response import GenerateSessionResponse
    from .generate_session_with_totp_request import GenerateSessionWithTotpRequest

__all__ = (
    "Error",
    "GenerateSessionRequest",
    "GenerateSessionResponse",
    "GenerateSessionWithTotpRequest",
)

_MODULES = {
    "Error": ".error",
    "GenerateSessionRequest": ".generate_session_request",
    "GenerateSessionResponse": ".generate_session_response",
    "GenerateSessionWithTotpRequest": ".generate_session_with_totp_request",
}


if not TYPE_CHECKING:  # they know every name, and that there is no other

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value: object = getattr(import_module(_MODULES[name], __name__), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
