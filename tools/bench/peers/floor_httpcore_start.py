"""A floor of a start with httpcore: its modules, one connection of it, roots by hash, and nothing else."""

from __future__ import annotations

import json
import os
import ssl

import httpcore

if __name__ == "__main__":
    url = httpcore.URL(f"{os.environ['TORUS_BASE_URL']}/session/generate")
    body = json.dumps({"API_KEY": os.environ["TORUS_API_KEY"], "API_SECRET": os.environ["TORUS_API_SECRET"]}).encode()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(capath=os.environ["SSL_CERT_DIR"])
    headers = [
        ("Host", f"{url.host.decode()}:{url.port}"),
        ("Token", os.environ["TORUS_REQUEST_TOKEN"]),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
    ]
    with httpcore.HTTPConnection(url.origin, context) as connection:
        reply = connection.request("POST", url, headers=headers, content=body)
    print(json.loads(reply.content)["AccessToken"])
