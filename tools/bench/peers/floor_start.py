"""A floor of a start: the modules that TLS and HTTP/1.1 by h11 need, one handshake, one request, and nothing else."""

from __future__ import annotations

import json
import os
import socket
import ssl

import h11

if __name__ == "__main__":
    host, port = os.environ["TORUS_BASE_URL"].removesuffix("/api/v1").removeprefix("https://").split(":")
    body = json.dumps({"API_KEY": os.environ["TORUS_API_KEY"], "API_SECRET": os.environ["TORUS_API_SECRET"]}).encode()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(capath=os.environ["SSL_CERT_DIR"])
    connection = h11.Connection(h11.CLIENT)
    headers = {
        "Host": f"{host}:{port}",
        "Token": os.environ["TORUS_REQUEST_TOKEN"],
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
    }
    request = h11.Request(method="POST", target="/api/v1/session/generate", headers=[*headers.items()])
    with context.wrap_socket(socket.create_connection((host, int(port)), 10), server_hostname=host) as stream:
        stream.sendall((connection.send(request) or b"") + (connection.send(h11.Data(body)) or b""))
        connection.send(h11.EndOfMessage())
        found = b""
        while not isinstance(event := connection.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA:
                connection.receive_data(stream.recv(65536))
            elif isinstance(event, h11.Data):
                found += event.data
    print(json.loads(found)["AccessToken"])
