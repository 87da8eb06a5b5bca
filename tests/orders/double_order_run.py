"""The double-order run: many orders whose replies get lost, placed by processes that are killed meanwhile.

A local Torus loses the replies of four orders in ten, in each of its ways, and its order book lags. Processes place
orders with references that were chosen before, with threads or with tasks, and with a journal of files: one for all, or
one for each user. They are killed with SIGKILL, and another one goes on. In the end, the sandbox has each order at most
once, and what the SDK has said of each of them is so. `make double-order-run` does it with 10,000 orders.
"""

from __future__ import annotations

import argparse
import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from torus_connect import TorusConnect
from torus_connect._dates import INDIA
from torus_connect._orders.journal import FileJournal, JournalEntry
from torus_connect.sandbox import Sandbox
from torus_connect.sandbox.contract import Contract
from torus_connect.sandbox.losses import FAULTS, Kept, losses_of

TRADER = Path(__file__).with_name("trader.py")
CHANCE = 0.4
KINDS = (("threads", "shared"), ("tasks", "own"), ("threads", "own"), ("tasks", "shared"))
"""What a process places orders with, and whose its journal is."""
ENDS = ("acknowledged", "refused", "not_sent", "found", "not_seen")
NO_ORDER = ("refused", "not_sent")


@dataclass(frozen=True)
class Size:
    """How much is done.

    Attributes:
        orders: of all users.
        users: by whom; the orders of one are placed by one process at a time.
        processes: at the same time.
        kills: of all processes.
        at_once: orders, by one process.
        timeout: seconds for which the SDK waits for a reply; some come later.
        lag: seconds, of the order book.
        settle: seconds for which an order is looked for; more than `lag`.
        seed: of faults and kills.
    """

    orders: int = 10_000
    users: int = 100
    processes: int = 8
    kills: int = 48
    at_once: int = 6
    timeout: float = 3
    lag: float = 0.5
    settle: float = 2
    seed: int = 7


SMALL = Size(orders=200, users=8, processes=2, kills=2, at_once=8, timeout=1, lag=0.2, settle=0.6)


@dataclass
class Report:
    """What came of a run; it is good where there are no `faults`.

    Attributes:
        counts: for people, by what was counted.
        faults: what must not be.
    """

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        rows = [f"{number:>8,}  {what}" for what, number in self.counts.items()]
        return "\n".join([*rows, *(f"   WRONG  {fault}" for fault in self.faults)])


class Run:
    """One run.

    Args:
        size: how much.
        folder: for the journals and logs.
    """

    def __init__(self, size: Size, folder: Path) -> None:
        self._size, self._folder = size, folder
        self._report = Report()
        self._sandbox = Sandbox()
        users = [f"user{number}" for number in range(size.users)]
        each = size.orders // size.users
        self._references = {user: [f"r{number}x{order}" for order in range(each)] for number, user in enumerate(users)}
        self._late = {user: 0.1 if number % 2 else size.timeout + 0.5 for number, user in enumerate(users)}
        self._processes = [users[number :: size.processes] for number in range(size.processes)]

    def run(self) -> Report:
        """Place, kill, and check."""
        with self._sandbox, ThreadPoolExecutor(self._size.processes) as pool:
            self._sandbox.set_price("14366", "14.65")
            self._sandbox.set_book_lag(seconds=self._size.lag, reads=1)
            for user, delay in self._late.items():
                self._sandbox.set_funds(100_000_000, user=user)
                self._sandbox.lose_replies(user=user, chance=CHANCE, seed=self._size.seed, delay=delay)
            with socket.create_server(("127.0.0.1", 0)) as nowhere:
                port = nowhere.getsockname()[1]
            plans = [self._plan(number, f"http://127.0.0.1:{port}/api/v1") for number in range(self._size.processes)]
            list(pool.map(self._keep_alive, range(len(plans)), plans))
            if not self._report.faults:  # of the orders of a process that failed, nothing can be said
                self._check()
        return self._report

    def _plan(self, number: int, nowhere: str) -> dict[str, Any]:
        style, journal = KINDS[number % len(KINDS)]
        users = {}
        with TorusConnect(**self._sandbox.credentials) as torus:
            for user in self._processes[number]:
                session = torus.generate_session(self._sandbox.issue_request_token(user=user))
                folder = self._folder / ("shared" if journal == "shared" else user)
                users[user] = {
                    "access_token": session.access_token,
                    "references": self._references[user],
                    "journal": f"file:{folder}",
                    "journal_is_own": journal == "own",
                }
        size = self._size
        return {
            **self._sandbox.credentials, "nowhere": nowhere, "style": style, "log": str(self._folder / f"{number}.log"),
            "users": users, "at_once": size.at_once, "timeout": size.timeout, "settle": size.settle,
        }  # fmt: skip

    def _keep_alive(self, number: int, plan: dict[str, Any]) -> None:
        """Start a process, kill it at a random moment, and start the next one, until one comes to its end."""
        size, random = self._size, Random(f"{self._size.seed} {number}")
        kills = size.kills // size.processes + (number < size.kills % size.processes)
        log, complaints = Path(plan["log"]), self._folder / f"{number}.stderr"
        planned = sum(len(user["references"]) for user in plan["users"].values())
        log.touch(0o600)
        with log.open() as lines, complaints.open("w") as stderr:
            placed = 0
            for kill in range(kills + 1):
                process = subprocess.Popen(
                    [sys.executable, str(TRADER)], stdin=subprocess.PIPE, stderr=stderr, text=True
                )
                try:
                    assert process.stdin is not None
                    with process.stdin:
                        json.dump(plan, process.stdin)
                    if kill < kills and random.random() < 0.8:  # while it places orders
                        until = planned * (kill + random.uniform(0.5, 1)) / (kills + 1)
                        while placed < until and process.poll() is None:
                            placed += lines.read().count('"placing"')
                            time.sleep(0.01)
                        time.sleep(random.uniform(0, 0.05))
                    elif kill < kills:  # while it starts, or looks for the orders of the last one
                        time.sleep(random.uniform(0.3, 0.5 + size.settle))
                    if kill < kills:
                        process.kill()
                    code = process.wait(600)
                finally:
                    process.kill()
                    process.wait()
                self._report.counts["processes killed"] += code == -signal.SIGKILL
                if code not in (0, -signal.SIGKILL):
                    said = complaints.read_text()
                    self._report.faults.append(f"process {number} ended with the code {code}:\n{said}")

    def _check(self) -> None:
        """Hold what was said of each order against what the sandbox has."""
        counts, faults = self._report.counts, self._report.faults
        rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self._sandbox.orders():
            rows[row["remarks"]].append(row)
        journal: dict[str, JournalEntry] = {}
        for folder in self._folder.iterdir():
            if folder.is_dir():
                journal |= FileJournal(folder).entries(None)
        said = self._said()
        references = [(user, each) for user, held in self._references.items() for each in held]
        attempts = self._attempts()
        counts |= {
            "orders planned": len(references),
            "orders placed, in the sandbox": sum(map(len, rows.values())),
            "requests that it met": sum(attempts.values()),
        }
        counts.update({f"  {name}": number for name, number in sorted(attempts.items())})
        for user, reference in references:
            words, there, entry = said[reference], rows.pop(reference, []), journal.get(reference)
            self._check_one(reference, words, there, entry)
            if any(row["user"] != user for row in there):
                faults.append(f"{reference}: is an order of another user")
        if rows:
            faults.append(f"the sandbox has orders that nobody planned: {sorted(rows)}")
        acting = [name for name, answer in FAULTS.items() if answer.serves] + ["no fault"]
        acted, placed = sum(attempts[name] for name in acting), counts["orders placed, in the sandbox"]
        if acted != placed:
            faults.append(f"the sandbox acted {acted} times, and has {placed} orders")
        sent = counts["said: placing"] - counts["said: not_sent"]
        if sum(attempts.values()) > sent:
            faults.append(f"{sum(attempts.values())} requests came from {sent} calls: some were sent twice")

    def _check_one(
        self, reference: str, words: list[dict[str, Any]], there: list[dict[str, Any]], entry: JournalEntry | None
    ) -> None:
        last = next((each["word"] for each in reversed(words) if each["word"] not in ("barred", "not_barred")), "")
        self._report.counts[f"in the end: {last}"] += 1
        numbers = [row["order_no"] for row in there]
        recorded = entry.outcome if entry else ""
        wrong = {
            f"was placed {len(there)} times": len(there) > 1,
            "is in the sandbox, and not in the journal": there and entry is None,
            f"is acknowledged in the journal as {entry and entry.order_no}, and is {numbers}": (
                entry and recorded == "acknowledged" and [entry.order_no] != numbers
            ),
            f"is {recorded} in the journal, and there": recorded in NO_ORDER and there,
            f"has no end: {last or 'nothing was said'}": last not in ENDS,
            f"was {last}, and is there": last in NO_ORDER and there,
        }
        for each in words:
            self._count(each)
            word, number = each["word"], each.get("order_no")
            wrong |= {
                f"was {word} as {number}, and is {numbers}": (
                    word in ("acknowledged", "found") and [number] != numbers
                ),
                f"was {word}: {each}": word in ("not_barred", "ambiguous") or each.get("probable"),
                "was not seen, and had been there": word == "not_seen" and there and self._was_there(each, there[0]),
            }
        self._report.faults += [f"{reference}: {why}" for why, is_so in wrong.items() if is_so]

    def _was_there(self, not_seen: dict[str, Any], row: dict[str, Any]) -> bool:
        """Return whether an order had been placed when it began to be looked for; else, it came too late."""
        asked_at = f"{datetime.fromtimestamp(not_seen['asked_at'], INDIA):%Y-%m-%d %H:%M:%S}"
        was_there: bool = row["order_date_time"] < asked_at
        self._report.counts["came when it had not been seen"] += not was_there
        return was_there

    def _count(self, said: dict[str, Any]) -> None:
        self._report.counts[f"said: {said['word']}"] += 1
        if said.get("was") == "placing":
            self._report.counts[f"under way when a process was killed, then {said['word']}"] += 1

    def _said(self) -> defaultdict[str, list[dict[str, Any]]]:
        said: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for log in self._folder.glob("*.log"):
            for line in log.read_text().splitlines():
                said[(each := json.loads(line))["reference"]].append(each)
        return said

    def _attempts(self) -> Counter[str]:
        """Return how many requests for an order met which fault: the draws of the sandbox, once more."""
        state, operation = self._sandbox._state.replies, Contract().operations["orderEntry"]
        met: Counter[str] = Counter()
        for user, delay in self._late.items():
            ways = losses_of(operation, (), delay)
            names = dict(zip(map(id, ways), FAULTS, strict=True))
            kept = Kept(ways, None, CHANCE, self._size.seed)
            for _ in range(state._set[True, "orderEntry", user]._drawn.get(("orderEntry", user), 0)):
                answer = kept.draw(operation, user)
                met[names[id(answer)] if answer else "no fault"] += 1
        return met


def double_order_run(size: Size) -> Report:
    """Do a whole run."""
    with tempfile.TemporaryDirectory(prefix="double-order-run-") as folder:
        return Run(size, Path(folder)).run()


def main() -> int:
    """Do a run of the size that is asked for, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="as in `make test`")
    parser.add_argument("--seed", type=int, default=Size.seed)
    arguments = parser.parse_args()
    size = SMALL if arguments.small else Size(seed=arguments.seed)
    began = time.monotonic()
    report = double_order_run(size)
    sys.stdout.write(f"{report}\n{time.monotonic() - began:8.0f}  seconds\n")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
