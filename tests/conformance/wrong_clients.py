"""Clients that are wrong in one thing each."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from http.client import HTTPException, HTTPResponse, IncompleteRead
from urllib.parse import quote, urlsplit

from conformance.right_client import NOT_SENT, OK, UNKNOWN, Answer, Client, Header, Trader


class Bearer(Client):
    def token(self) -> list[str]:
        return [f"Bearer {self.request_token}"]


class TokenTwice(Client):
    def token(self) -> list[str]:
        return [self.request_token] * 2


class NoToken(Client):
    def token(self) -> list[str]:
        return []


class EncodesTheToken(Client):
    def token(self) -> list[str]:
        return [quote(self.request_token, safe="")]


class JoinsTheLines(Client):
    def token(self) -> list[str]:
        return ["".join(self.request_token.splitlines())]


class Authorization(Client):
    def more_headers(self) -> Iterable[Header]:
        return [("Authorization", f"Bearer {self.request_token}")]


class SecretInHeader(Client):
    def more_headers(self) -> Iterable[Header]:
        return [("X-Api-Secret", self.api_secret)]


class NoContentType(Client):
    def content_type(self) -> list[str]:
        return []


class AnotherCharset(Client):
    def content_type(self) -> list[str]:
        return ["application/json; charset=iso-8859-1"]


class Put(Client):
    method = "PUT"


class Http10(Client):
    http_version = 10


class SecretInUrl(Client):
    def target(self) -> str:
        return f"{super().target()}?secret={quote(self.api_secret)}"


class TokenInPath(Client):
    def target(self) -> str:
        return f"{super().target()}/{self.request_token}"


class Query(Client):
    def target(self) -> str:
        return f"{super().target()}?v=1"


class TrailingSlash(Client):
    def target(self) -> str:
        return f"{super().target()}/"


class LowerCase(Client):
    def content(self) -> object:
        return {"api_key": self.api_key, "api_secret": self.api_secret}


class FurtherProperty(Client):
    def content(self) -> object:
        return {"API_KEY": self.api_key, "API_SECRET": self.api_secret, "REQUEST_TOKEN": self.request_token}


class Array(Client):
    def content(self) -> object:
        return [self.api_key, self.api_secret]


class Numbers(Client):
    def content(self) -> object:
        return {"API_KEY": int(self.api_key) if self.api_key.isdigit() else self.api_key, "API_SECRET": self.api_secret}


class Trims(Client):
    def content(self) -> object:
        return {"API_KEY": self.api_key, "API_SECRET": " ".join(self.api_secret.split())}


class Pastes(Client):
    def body(self) -> bytes:
        return f'{{"API_KEY": "{self.api_key}", "API_SECRET": "{self.api_secret}"}}'.encode()


class KeyTwice(Client):
    def body(self) -> bytes:
        return super().body().replace(b"{", b'{"API_KEY": "demo", ')


class Latin1(Client):
    def body(self) -> bytes:
        return json.dumps(self.content(), ensure_ascii=False).encode("latin-1", "replace")


class FollowsRedirects(Client):
    def exchange(self) -> Answer:
        answer = super().exchange()
        if 301 <= answer[0] <= 308:
            return self.send(urlsplit(answer[1].get("Location", "")).netloc or self.place)
        return answer


class ConnectsElsewhere(Client):
    def exchange(self) -> Answer:
        answer = super().exchange()
        where = urlsplit(answer[1]["Location"])
        with socket.create_connection((where.hostname, where.port)):
            return answer


class TriesAgain(Client):
    """Sends once more, without a pause, where `again` says so."""

    wait = 0.0
    times = 1
    again: Callable[[int], bool] = staticmethod(lambda status: status >= 500)

    def exchange(self) -> Answer:
        answer = super().exchange()
        for _ in range(self.times):
            if not self.again(answer[0]):
                break
            time.sleep(self.wait)
            answer = super().exchange()
        return answer


class TriesAgainWhatIsLost(Client):
    def exchange(self) -> Answer:
        try:
            return super().exchange()
        except (OSError, HTTPException):
            return super().exchange()


class DoesNotWait(TriesAgain):
    again = staticmethod(lambda status: status == 429)


class NeverGivesUp(DoesNotWait):
    times = 9


class AnswersTheChallenge(Client):
    def exchange(self) -> Answer:
        answer = super().exchange()
        return self.send(self.place, [("Authorization", "Basic ZGVtbw==")]) if answer[0] == 401 else answer


class KeepsCookies(Client):
    def exchange(self) -> Answer:
        answer = super().exchange()
        if answer[0] != 429:
            return answer
        time.sleep(1.05)
        return self.send(self.place, [("Cookie", answer[1]["Set-Cookie"])])


class NoTimeout(Client):
    timeout = None


class TakesNull(Client):
    def access_token(self, answer: Answer) -> str | None:
        return super().access_token(answer) or ("None" if b"null" in answer[2] else None)


class TakesAnySuccess(Client):
    def access_token(self, answer: Answer) -> str | None:
        status, headers, body = answer
        return super().access_token((200 if status < 300 else status, headers, body or b"{}"))


class TakesAnyStatus(Client):
    def access_token(self, answer: Answer) -> str | None:
        return super().access_token((200, *answer[1:]))


class AnyCase(Client):
    def access_token(self, answer: Answer) -> str | None:
        status, headers, body = answer
        return super().access_token((status, headers, body.replace(b'"accessToken"', b'"AccessToken"')))


class TakesWhatIsThere(Client):
    def read(self, reply: HTTPResponse) -> bytes:
        try:
            return super().read(reply)
        except IncompleteRead as exc:
            return exc.partial


class OneCodeForAll(Client):
    def run(self) -> int:
        return 1 if super().run() else OK


class AlwaysUnknown(Client):
    def run(self) -> int:
        return UNKNOWN if super().run() else OK


class SaysNotSent(Client):
    def code(self, answer: Answer) -> int:  # noqa: ARG002 - that it does not look is its fault
        return NOT_SENT


class Labels(Client):
    def run(self) -> int:
        sys.stdout.write("Access token: ")
        return super().run()


class LogsTheSecret(Client):
    def body(self) -> bytes:
        sys.stderr.write(f"debug: {self.content()}\n")
        return super().body()


class LogsTheReply(Client):
    def code(self, answer: Answer) -> int:
        sys.stderr.write(answer[2].decode())
        return super().code(answer)


class SendsNothing(Client):
    def exchange(self) -> Answer:
        return 200, {}, b'{"AccessToken": "demo-access-token-not-real"}'


class Hangs(Client):
    """Leaves a process behind that holds its output, and waits for it."""

    def run(self) -> int:
        child = os.fork()
        time.sleep(60)
        return child


class NoBearer(Trader):
    def more_headers(self) -> Iterable[Header]:
        return [("Authorization", self.bearer)]


class BareTokenToo(Trader):
    def token(self) -> list[str]:
        return [self.bearer]


class BearerInUrl(Trader):
    def target(self) -> str:
        return f"{super().target()}?token={self.bearer}"


class AnotherOrder(Trader):
    def content(self) -> object:
        return {"source": "M", "data": self.order | {"quantity": "2"}}


class OrderOfNumbers(Trader):
    def content(self) -> object:
        return {"source": "M", "data": self.order | {"quantity": 1}}


class NoSource(Trader):
    def content(self) -> object:
        return {"data": self.order} if self.order else {}


class EmptySource(Trader):
    def content(self) -> object:
        return {"source": ""}


class OrderAsForm(Trader):
    def body(self) -> bytes:
        return b"source=M"


class OrdersAgain(Trader):
    """Sends an order again where one may be there."""

    def exchange(self) -> Answer:
        try:
            answer = super().exchange()
        except (OSError, HTTPException):
            return super().exchange()
        return super().exchange() if answer[0] >= 400 else answer


class TakesAWaitForANo(Trader):
    """Takes a 503 with Retry-After for a refusal, which it is of a session call."""

    def code(self, answer: Answer) -> int:
        return Client.code(self, answer)


class TakesAnyWord(Trader):
    def is_success(self, content: Mapping[str, object]) -> bool:  # noqa: ARG002 - that it does not look is its fault
        return True


class FollowsWithBearer(Trader):
    def exchange(self) -> Answer:
        answer = super().exchange()
        return self.send(urlsplit(answer[1]["Location"]).netloc) if answer[0] == 307 else answer


class LogsTheBearer(Trader):
    def exchange(self) -> Answer:
        sys.stderr.write(self.bearer)
        return super().exchange()


class SaysMore(Trader):
    def run(self) -> int:
        sys.stdout.write("The order is ")
        return super().run()


class ReadsAtOnce(Trader):
    def exchange(self) -> Answer:
        answer = super().exchange()
        return super().exchange() if answer[0] == 429 else answer
