"""A process of the double-order run: it places the orders of its plan until it is done, or killed.

The plan comes by standard input. What the SDK says of an order goes into a log, a line of JSON each, from which the
next process with the same plan goes on.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from torus_connect import (
    AsyncTorusConnect,
    Found,
    NotSeen,
    Outcome,
    ReferenceUsed,
    Session,
    TorusConnect,
    TorusError,
    Trading,
)

SECURITY = "14366"
TERMS: tuple[dict[str, Any], ...] = (
    {"order_type": "LIMIT", "price": "14.00"},
    {"order_type": "LIMIT", "price": "15.00"},
    {"order_type": "MARKET"},
)
TO_NOWHERE, AT_ONCE_TWICE, CANCELLED, AND_AGAIN = 25, 20, 16, 4
"""One order of so many goes to a closed port first; is placed by two at the same time; by a task that is cancelled; is
placed again afterwards."""
OPEN = ("placing", "cancelled", "unknown")
READ_TIMEOUT = 60
"""Seconds: the replies of reads are never lost, and come late on a machine with much to do."""
_NO_ORDER = (Outcome.REFUSED.value, Outcome.NOT_SENT.value)
_IN_ORDER = ("barred", *_NO_ORDER, "cancelled", Outcome.UNKNOWN.value, "acknowledged")


class Log:
    """What is known of each reference; a line is whole, or not there.

    Attributes:
        last: the last word of each reference: `placing`, an outcome of the SDK, `cancelled`, `found` or `not_seen`.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self.last: dict[str, str] = {}
        for line in path.read_text().splitlines():
            self._note(**json.loads(line))

    def __call__(self, reference: str, word: str, **more: object) -> None:
        os.write(self._file, json.dumps({"reference": reference, "word": word, **more}).encode() + b"\n")
        self._note(reference, word)

    def _note(self, reference: str, word: str, **_more: object) -> None:
        if word not in ("barred", "not_barred"):
            self.last[reference] = word


class Trader:
    """Places the orders of some users, with threads or with tasks."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._plan = plan
        self._log = Log(Path(plan["log"]))
        self._threads = ThreadPoolExecutor(plan["at_once"]) if plan["style"] == "threads" else None
        self._accounts: dict[str, tuple[Any, Any, Any]] = {}
        self._random = Random(plan["log"])

    async def run(self) -> None:
        """Go on where the last process ended."""
        options = {"api_key": self._plan["api_key"], "api_secret": self._plan["api_secret"]}
        client = TorusConnect if self._threads else AsyncTorusConnect
        async with AsyncExitStack() as stack:
            clients = []
            here, nowhere, timeout = self._plan["base_url"], self._plan["nowhere"], self._plan["timeout"]
            for base_url, seconds in ((here, timeout), (nowhere, timeout), (here, READ_TIMEOUT)):
                torus: Any = client(**options, base_url=base_url, timeout=seconds, max_retries=1)
                if self._threads:
                    stack.callback(torus.close)
                else:
                    stack.push_async_callback(torus.aclose)
                clients.append((base_url, torus))
            for user, held in self._plan["users"].items():
                trading = Trading(ip="192.0.2.1", uu_id="demo", app_id="demo", journal=held["journal"])
                accounts = []
                for base_url, torus in clients:
                    session = Session(held["access_token"], base_url=base_url)
                    account = torus.account(session, trading=trading)
                    accounts.append(account if self._threads else await account)
                self._accounts[user] = (accounts[0], accounts[1], accounts[2])
            if self._log.last:
                await self._for_all(self._accounts, self._resolve)
            orders = [
                (user, number, reference)
                for user, held in self._plan["users"].items()
                for number, reference in enumerate(held["references"])
            ]
            orders.sort(key=lambda order: order[1])
            await self._for_all(orders, lambda order: self._place(*order))
            await self._for_all(self._accounts, self._resolve)

    async def _for_all(self, items: Any, do: Callable[[Any], Any]) -> None:
        waiting = deque(items)

        async def work() -> None:
            while waiting:
                await do(waiting.popleft())

        async with asyncio.TaskGroup() as group:
            for _ in range(self._plan["at_once"]):
                group.create_task(work())

    async def _call(self, method: Callable[..., Any], *args: object, **named: object) -> Any:
        if self._threads is None:
            return await method(*args, **named)
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(method, *args, **named))

    async def _place(self, user: str, number: int, reference: str) -> None:
        """Place an order that was not, or of which it is known that it does not exist."""
        here, nowhere, _ = self._accounts[user]
        last = self._log.last.get(reference)
        if last is None and number % TO_NOWHERE == TO_NOWHERE - 1:
            last = await self._once(nowhere, number, reference)
        if last is None:
            cancels = self._threads is None and number % CANCELLED == CANCELLED - 1
            cancel_after = self._random.uniform(0, 0.06) if cancels else None
            last = await self._once(here, number, reference, 2 if number % AT_ONCE_TWICE == 1 else 1, cancel_after)
        if last in _NO_ORDER and number % 2:  # the others stay as they are
            last = await self._once(here, number, reference)
        if last == "acknowledged" and number % AND_AGAIN == 0:
            await self._must_be_barred(here, number, reference)

    async def _once(
        self, me: Any, number: int, reference: str, times: int = 1, cancel_after: float | None = None
    ) -> str:
        """Place an order, or try to do so several times at once; return what it came to."""
        self._log(reference, "placing")
        results = await asyncio.gather(*(self._try(me, number, reference, cancel_after) for _ in range(times)))
        # Of two, one may be refused before the other is sent.
        for word, more in (said := sorted(results, key=lambda each: _IN_ORDER.index(each[0]))):
            self._log(reference, word, **more)
        return said[-1][0]

    async def _must_be_barred(self, me: Any, number: int, reference: str) -> None:
        """Place an order anew that may exist."""
        word, more = await self._try(me, number, reference)
        self._log(reference, "barred" if word == "barred" else "not_barred", **more)

    async def _try(
        self, me: Any, number: int, reference: str, cancel_after: float | None = None
    ) -> tuple[str, dict[str, object]]:
        try:
            async with asyncio.timeout(cancel_after):
                ack = await self._call(
                    me.place_order, side="BUY", exchange="NSE", security_id=SECURITY, quantity=1 + number % 3,
                    product="MIS", reference=reference, **TERMS[number % len(TERMS)],
                )  # fmt: skip
        except TimeoutError:
            return "cancelled", {}
        except ReferenceUsed:
            return "barred", {}
        except TorusError as error:
            return error.outcome.value, {"error": type(error).__name__}
        return "acknowledged", {"order_no": ack.order_no}

    async def _resolve(self, user: str) -> None:
        """Find out what became of each order of which it is not known."""
        (me, _, reader), held = self._accounts[user], self._plan["users"][user]
        last = self._log.last
        waiting = {each: last[each] for each in held["references"] if last.get(each) in OPEN}
        if not waiting:
            return
        asked_at = time.time()
        # Who has a journal to themselves need not know what they were about to do.
        found = await self._find(reader, None if held["journal_is_own"] else list(waiting))
        if rest := waiting.keys() - found.keys():
            found |= await self._find(reader, sorted(rest))
        for reference, word in waiting.items():
            each, number = found[reference], held["references"].index(reference)
            if isinstance(each, NotSeen) and word != "unknown" and await self._once(me, number, reference) != "barred":
                continue  # it was not begun, or the journal knows that nothing came of it
            if isinstance(each, NotSeen):
                self._log(reference, "not_seen", asked_at=asked_at, was=word)
            elif isinstance(each, Found):
                probable = {"probable": True} if each.probable else {}
                self._log(reference, "found", order_no=each.order.order_no, was=word, **probable)
            else:
                self._log(reference, "ambiguous")
            await self._must_be_barred(me, number, reference)

    async def _find(self, reader: Any, references: list[str] | None) -> dict[str, Any]:
        return dict(await self._call(reader.find_orders, references, settle=self._plan["settle"]))


if __name__ == "__main__":
    asyncio.run(Trader(json.load(sys.stdin)).run())
