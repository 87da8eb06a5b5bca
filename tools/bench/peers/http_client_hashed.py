"""By hand, with the standard library, and with roots that are looked up in a folder instead of read from a bundle."""

from __future__ import annotations

import os
import ssl
from http.client import HTTPSConnection

from http_client import BASE_URL, login

if __name__ == "__main__":
    context = ssl.create_default_context(capath=os.environ["SSL_CERT_DIR"])
    host = BASE_URL.removesuffix("/api/v1").removeprefix("https://")
    print(login(HTTPSConnection(host, timeout=10, context=context), os.environ["TORUS_REQUEST_TOKEN"]))
