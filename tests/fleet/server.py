"""A real redis-server of the tests: a port of its own, nothing on disk."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path
from typing import Any, Self

import pytest

SECONDS = 10


class RedisServer:
    """A redis-server as a child process.

    Args:
        folder: where it may work.
        options: what it is started with, as on its command line, beside a port and no persistence.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        self.port = 0
        self._folder = folder
        self._options = options
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._log: list[str] = []

    def start(self, *more: str) -> Self:
        """Start it, on the port it had before if it had one, and return when it answers."""
        binary = shutil.which("redis-server")
        if binary is None:
            pytest.fail("redis-server is missing: apt-get install redis-server", pytrace=False)
        for _ in range(5):
            port = self.port or _free_port()
            command = [binary, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
            command += ["--dir", str(self._folder), "--logfile", "", *self._options, *more]
            if self._begun(subprocess.Popen(command, stdout=subprocess.PIPE, text=True)):
                self.port = port
                return self
        msg = "redis-server does not start:\n" + "".join(self._log)
        raise RuntimeError(msg)

    def _begun(self, process: subprocess.Popen[str]) -> bool:
        assert process.stdout
        lines = process.stdout
        ready = threading.Event()
        up = False

        def read() -> None:
            nonlocal up
            for line in lines:
                self._log.append(line)
                if "Ready to accept connections" in line:
                    up = True
                    ready.set()
            ready.set()

        self._process, self._reader = process, threading.Thread(target=read, daemon=True)
        self._reader.start()
        assert ready.wait(SECONDS), "redis-server does not come up"
        if not up:
            self.stop()
        return up

    def stop(self) -> None:
        """Kill it: all that it held is gone."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait(SECONDS)
            assert self._reader
            self._reader.join(SECONDS)
            assert process.stdout
            process.stdout.close()

    def restart(self, *more: str) -> None:
        """Kill it and start it again, on the same port, with nothing in it."""
        self.stop()
        self.start(*more)

    def freeze(self) -> None:
        """Let it accept connections, as the system does, and answer nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def url(self, **options: object) -> str:
        """Return its URL, with options for the store in its query."""
        query = "&".join(f"{name}={value}" for name, value in options.items())
        return f"redis://127.0.0.1:{self.port}/0" + (f"?{query}" if query else "")

    def command(self, *command: object) -> Any:
        """Return what it answers to a command of the tests."""
        import redis

        client: Any = redis.Redis(host="127.0.0.1", port=self.port)
        try:
            return client.execute_command(*command)
        finally:
            client.connection_pool.disconnect()  # to close the client alone is not enough for redis-py 5.0.0

    def records(self) -> dict[bytes, dict[bytes, bytes]]:
        """Return all that is in it: of a lock owner, until, fence and begun; of a session fence and value."""
        return {name: self._record(name) for name in self.command("KEYS", "*")}

    def _record(self, name: bytes) -> dict[bytes, bytes]:
        if self.command("TYPE", name) == b"string":
            words = self.command("GET", name).split(b" ")
            names = (b"fence", b"value") if name.endswith(b":session") else (b"owner", b"until", b"fence", b"begun")
            return dict(zip(names, words, strict=True))
        return _pairs(self.command("HGETALL", name))

    def evict(self, kind: str) -> None:
        """Remove the records of a kind (`login` or `session`), as a server without room does."""
        for name in self.command("KEYS", f"*:{kind}"):
            self.command("DEL", name)


def _pairs(found: Any) -> dict[bytes, bytes]:
    return found if isinstance(found, dict) else dict(zip(found[::2], found[1::2], strict=True))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
