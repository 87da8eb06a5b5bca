"""A client in the standard library alone, of which `wrong_clients.py` makes wrong ones by changing one thing each.

It does the least that the vectors allow: it never sends anything a second time. One thing is wrong with it as it is:
http.client takes a 103 for the reply.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import urlsplit

OK, NOT_SENT, REFUSED, UNKNOWN = 0, 3, 4, 5

Header = tuple[str, str]
Answer = tuple[int, Mapping[str, str], bytes]


class Client:
    method = "POST"
    timeout: float | None = 1.0
    http_version = 11

    def __init__(self) -> None:
        url = urlsplit(os.environ["TORUS_BASE_URL"])
        self.place = url.netloc
        self.base_path = url.path
        self.api_key = os.environ["TORUS_API_KEY"]
        self.api_secret = os.environ["TORUS_API_SECRET"]
        self.request_token = os.environ["TORUS_REQUEST_TOKEN"]

    def target(self) -> str:
        return self.base_path + "/session/generate"

    def token(self) -> list[str]:
        return [self.request_token]

    def content_type(self) -> list[str]:
        return ["application/json"]

    def more_headers(self) -> Iterable[Header]:
        return []

    def content(self) -> object:
        return {"API_KEY": self.api_key, "API_SECRET": self.api_secret}

    def body(self) -> bytes:
        return json.dumps(self.content()).encode()

    def send(self, place: str, more_headers: Iterable[Header] = ()) -> Answer:
        connection = HTTPConnection(place, timeout=self.timeout)
        connection._http_vsn = self.http_version  # type: ignore[attr-defined]
        connection._http_vsn_str = f"HTTP/{self.http_version / 10}"  # type: ignore[attr-defined]
        connection.connect()
        body = self.body()
        connection.putrequest(self.method, self.target())
        headers = [
            *(("Token", token) for token in self.token()),
            *(("Content-Type", one) for one in self.content_type()),
        ]
        for name, value in [*headers, *self.more_headers(), *more_headers, ("Content-Length", str(len(body)))]:
            connection.putheader(name, value)
        connection.endheaders(body)
        reply = connection.getresponse()
        return reply.status, dict(reply.headers), self.read(reply)

    def read(self, reply: HTTPResponse) -> bytes:
        return reply.read()

    def exchange(self) -> Answer:
        return self.send(self.place)

    def access_token(self, answer: Answer) -> str | None:
        status, _, body = answer
        if status != 200:
            return None
        content = json.loads(body)
        token = content.get("AccessToken") if isinstance(content, dict) else None
        return token if isinstance(token, str) and token else None

    def code(self, answer: Answer) -> int:
        status, headers, _ = answer
        return REFUSED if 300 <= status < 500 or (status == 503 and "Retry-After" in headers) else UNKNOWN

    def printed(self, answer: Answer) -> str | None:
        return self.access_token(answer)

    def run(self) -> int:
        try:
            answer = self.exchange()
            token = self.printed(answer)
        except (ConnectionRefusedError, UnicodeError) as exc:
            return UNKNOWN if isinstance(exc, UnicodeDecodeError) else NOT_SENT
        except (TimeoutError, OSError, HTTPException):
            return UNKNOWN
        except ValueError as exc:  # of a header that cannot be sent, or of what is no JSON
            return UNKNOWN if isinstance(exc, json.JSONDecodeError) else NOT_SENT
        if token is None:
            return self.code(answer)
        sys.stdout.write(f"{token}\n")
        return OK


class Trader(Client):
    """Places the order that it is given, or reads the holdings where it is given none."""

    def __init__(self) -> None:
        url = urlsplit(os.environ["TORUS_BASE_URL"])
        self.place = url.netloc
        self.base_path = url.path
        self.bearer = os.environ["TORUS_ACCESS_TOKEN"]
        self.order = json.loads(os.environ.get("TORUS_ORDER", "null"))

    def target(self) -> str:
        return self.base_path + ("/order/entry" if self.order else "/holdings/")

    def token(self) -> list[str]:
        return []

    def more_headers(self) -> Iterable[Header]:
        return [("Authorization", f"Bearer {self.bearer}")]

    def content(self) -> object:
        return {"source": "M", "data": self.order} if self.order else {"source": "N"}

    def is_success(self, content: Mapping[str, object]) -> bool:
        return content.get("status") == "success"

    def printed(self, answer: Answer) -> str | None:
        status, _, body = answer
        content = json.loads(body) if status == 200 else None
        if not isinstance(content, dict) or not self.is_success(content):
            return None
        for row in content.get("data") or []:
            return str(row["order_no" if self.order else "isin_code"])
        return None

    def code(self, answer: Answer) -> int:
        status, _, body = answer
        if self.order:
            return REFUSED if 303 < status < 500 and b"order_no" not in body else UNKNOWN
        return super().code(answer)
