"""A fleet of workers, and what they say."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from pathlib import Path
from typing import Self

from torus_connect.sandbox import Sandbox


class Worker:
    """A process of `worker.py`."""

    def __init__(self, environment: dict[str, str], arguments: list[str], heard: queue.SimpleQueue[Heard]) -> None:
        command = [sys.executable, str(Path(__file__).with_name("worker.py")), *arguments]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        self._heard = heard
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def await_stop(self) -> None:
        """Wait until it has stopped itself."""
        _, status = os.waitpid(self.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)

    def end(self) -> None:
        """Kill it if it lives, and hear the rest."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._heard.put((self, line.split()))
        self._heard.put((self, []))  # it has ended


Heard = tuple[Worker, list[str]]


class Fleet:
    """Workers that share a Redis and a sandbox; counts what they say, by user.

    Args:
        sandbox: where they log in.
        store: the URL of the Redis.
        store_key: what its sessions are encrypted with.
        users: whom they ask for.
        kinds: `s` for threads, `a` for tasks, or both; with `z`, they stop in each login.
    """

    def __init__(self, sandbox: Sandbox, store: str, store_key: str, users: list[str], kinds: str = "sa") -> None:
        key, secret, base_url = sandbox.api_key, sandbox.api_secret, sandbox.base_url
        self._environment = {
            **os.environ,
            "TORUS_API_KEY": key,
            "TORUS_API_SECRET": secret,
            "TORUS_BASE_URL": base_url,
            "TORUS_SESSION_STORE": store,
            "TORUS_STORE_KEY": store_key,
        }
        self._arguments = [kinds, *users]
        self._heard: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        self._workers: list[Worker] = []
        self.said: dict[str, Counter[str]] = defaultdict(Counter)
        self.tokens: dict[str, set[str]] = defaultdict(set)
        self.failed: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.signal(signal.SIGCONT)
            worker.end()

    def start(self) -> Worker:
        """Start a worker."""
        self._workers.append(Worker(self._environment, self._arguments, self._heard))
        return self._workers[-1]

    def hear(self, seconds: float) -> Heard:
        """Return the next thing that one of them says; nothing from one that has ended."""
        worker, words = self._heard.get(timeout=seconds)
        if words:
            what, user, *more = words
            self.said[what][user] += 1
            if what == "session":
                self.tokens[user].update(more)
            return worker, [what, user]
        code = worker.process.wait()
        if code not in (0, -signal.SIGKILL):
            self.failed.append(code)
        return worker, []

    def hear_until(self, what: str, seconds: float = 30) -> Worker:
        """Return who says something."""
        while True:
            worker, words = self.hear(seconds)
            assert words, "a worker ended before"
            if words[0] == what:
                return worker
