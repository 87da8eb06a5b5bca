"""What the tests plant as secrets: distinct, unmistakable, and ending in what every encoding changes.

They are as long as an access token, so that tools which cut what is long do so; no part of one is a word.
"""

from __future__ import annotations

import base64
import hashlib

LENGTH = 100


def planted(name: str) -> str:
    """Return letters and digits that look like chance, and are the same each time."""
    text = base64.b64encode(hashlib.shake_256(name.encode()).digest(LENGTH)).decode()
    return "".join(filter(str.isalnum, text))[:LENGTH]


API_KEY = "key-of-the-fault-matrix"

NAMES = ("API secret", "request token", "access token", "proxy password")
SECRETS = {name: planted(name) + "\"'\\/+=<&%" for name in NAMES}
API_SECRET, REQUEST_TOKEN, ACCESS_TOKEN, PROXY_PASSWORD = SECRETS.values()
