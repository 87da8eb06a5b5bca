"""The URL of a store, of sessions or of orders: which there are, without loading one."""

from __future__ import annotations

from collections.abc import Iterable

from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret, Unusable

from .checks import checked_value, did_you_mean, from_environment

ENVIRONMENT = "TORUS_SESSION_STORE"
DEFAULT = "file:"
REDIS = ("redis", "rediss")
JOURNALS = ("memory", "file", *REDIS)
_FORMS = {"memory": "", "file": "[PATH]", "keyring": "[SERVICE]", "redis": "//HOST", "rediss": "//HOST"}


def url_parts(
    url: Secret | Unusable | None, name: str = "store", schemes: Iterable[str] = tuple(_FORMS)
) -> tuple[str, Secret]:
    """Return the scheme of a URL, which must be one of these, and what comes after it.

    Raises:
        ConfigurationError: there is no such store.
    """
    if isinstance(url, Unusable):
        raise ConfigurationError(f"{name} must be a str, not {url.type_name}")
    if url is None:
        name, url = f"store (from {ENVIRONMENT})", from_environment(ENVIRONMENT, argument=name) or Secret(DEFAULT)
    # A path may hold blanks, and what is not ASCII.
    text = checked_value(name, url)
    scheme = next((each for each in schemes if text.startswith(f"{each}:")), None)
    if scheme is None or text.removeprefix("memory:") not in ("", text):
        near = did_you_mean("{}:".format(text.partition(":")[0]), [f"{each}:" for each in schemes])
        *others, last = [f"{each}:{_FORMS[each]}" for each in schemes]
        raise ConfigurationError(f"{name} is none of {', '.join(others)} or {last}{near}")
    return scheme, Secret(text[len(scheme) + 1 :])
