"""A worker of a fleet: asks for the sessions of users, all at once, on one connection for threads and one for tasks.

It says what happens, a line each, at once, because it may be killed at any instant:

    login USER          the user is asked
    begun USER          his request token goes out now
    unfinished USER     an earlier login was reported that came to no session
    unknown USER        the login ended with an error
    session USER TOKEN  he has a session

With `z` among its kinds, it stops in each login, as if by SIGSTOP from elsewhere, until it is told to go on.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import os
import random
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from torus_connect import AsyncTorusConnect, Session, TorusConnect, TorusError

THREADS, TASKS, PATIENCE = 4, 8, 90
PATIENT: dict[str, Any] = {"timeout": 60, "connect_timeout": 60, "total_timeout": 90}
"""Of the exchange, too: a reply that a loaded machine makes late is none of what is tested."""
USERS: dict[str, str] = {}
"""Whose request token it is."""
STOPS = "z" in sys.argv[1]


def say(*words: str) -> None:
    os.write(1, (" ".join(words) + "\n").encode())


class Warnings(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if "came to no session" in record.getMessage():
            say("unfinished", *(str(each).strip("'") for each in record.args or ()))


def login_of(user: str) -> Callable[[], str]:
    def login() -> str:
        say("login", user)
        if STOPS:
            os.kill(os.getpid(), signal.SIGSTOP)
        connection = http.client.HTTPConnection(urlsplit(os.environ["TORUS_BASE_URL"]).netloc, timeout=60)
        connection.request("POST", "/_sandbox/request-tokens")
        token = str(json.load(connection.getresponse())["request_token"])
        connection.close()
        USERS[token] = user
        return token

    return login


class Telling(TorusConnect):
    def generate_session(self, request_token: str) -> Session:
        say("begun", USERS[request_token])
        return super().generate_session(request_token)


class AsyncTelling(AsyncTorusConnect):
    async def generate_session(self, request_token: str) -> Session:
        say("begun", USERS[request_token])
        return await super().generate_session(request_token)


def in_threads(users: list[str]) -> None:
    def ask(user: str) -> None:
        try:
            say("session", user, torus.session(user, login=login_of(user), timeout=PATIENCE).access_token)
        except TorusError as error:
            say("unknown", user, type(error).__name__)

    with Telling(**PATIENT) as torus, ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(ask, users))


async def in_tasks(users: list[str]) -> None:
    turn = asyncio.Semaphore(TASKS)

    async def ask(user: str) -> None:
        async with turn:
            try:
                session = await torus.session(user, login=login_of(user), timeout=PATIENCE)
                say("session", user, session.access_token)
            except TorusError as error:
                say("unknown", user, type(error).__name__)

    async with AsyncTelling(**PATIENT) as torus:
        await asyncio.gather(*(ask(user) for user in users))


def main(kinds: str, *users: str) -> None:
    logging.getLogger("torus_connect").addHandler(Warnings())
    order = random.sample(users, len(users))
    with ThreadPoolExecutor(2) as faces:
        work = [faces.submit(in_threads, order)] if "s" in kinds else []
        if "a" in kinds:
            work.append(faces.submit(asyncio.run, in_tasks(random.sample(users, len(users)))))
        for each in work:
            each.result()


if __name__ == "__main__":
    main(*sys.argv[1:])
