"""The models of all requests and replies, each loaded when it is asked for (PEP 562); they are listed in the stub."""

import re
from importlib import import_module


def __getattr__(name: str) -> object:
    words = re.split("([A-Z]?[a-z]+)", name)
    module = "_".join(word for word in words if word).lower()
    try:
        return getattr(import_module(f".{module}", __name__), name)
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{module}":
            raise
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
