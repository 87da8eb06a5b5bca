"""Uses the command line and the login on a system that lacks what Windows lacks: `without_posix.py FOLDER`.

It stands in for a run on Windows, which these tests cannot make: see `stores/without_posix.py`; and `signal` lacks
`SIGPIPE` here, `os` what makes a program become another one.
"""

from __future__ import annotations

import asyncio  # noqa: F401 - before it is Windows: of this system's loop, it is Python that needs `fcntl`
import io
import os
import pkgutil
import signal
import socket
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from stores.without_posix import become_windows
from support.raw_server import RawServer, answer, reply


def use(folder: Path) -> None:
    # Not before it is Windows.
    import torus_connect._login
    import torus_connect.cli
    from torus_connect import wait_for_request_token

    subprocess._USE_POSIX_SPAWN = False  # type: ignore[misc]  # Python's own way, later than 3.12
    main = torus_connect.cli.main
    for package in (torus_connect.cli, torus_connect._login):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            import_module(module.name)

    ran, secret, saved = folder / "ran", folder / "secret", folder / "reply"
    program = f"import os, sys; open({str(ran)!r}, 'w').write(os.environ['TORUS_ACCESS_TOKEN']); sys.exit(7)"
    secret.write_text("DEMODEMODEMODEMO")
    with RawServer(answer(reply())) as server:
        os.environ["TORUS_BASE_URL"] = server.base_url
        sys.stdin = io.TextIOWrapper(io.BytesIO(b"demo-request-token"))
        assert main(["login", "--paste"]) == 0
        assert main(["session", "show"]) == 0
        assert main(["run", "--", sys.executable, "-c", program]) == 7
        assert ran.read_text() == "access-token-of-the-test"
        assert main(["run", "no-such-program-here"]) == 127
        assert main(["session", "generate", "--totp", "--totp-secret-file", str(secret)]) == 0
    os.environ["TORUS_REQUEST_TOKEN"] = "demo-request-token"
    with RawServer(answer(reply(b"{}"))) as server:
        os.environ["TORUS_BASE_URL"] = server.base_url
        assert main(["session", "generate", "--save-reply", str(saved)]) == 5
        assert main(["session", "generate"]) == 5  # into the state folder
        assert saved.read_bytes() == b"{}"
        assert main(["session", "clear"]) == 0

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    def browser() -> None:
        with socket.create_connection(("127.0.0.1", port)) as sock:
            sock.sendall(b"GET /?request_token=abc HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert sock.recv(12) == b"HTTP/1.1 200"

    assert wait_for_request_token(port=port, timeout=20, on_ready=browser) == "abc"


if __name__ == "__main__":
    become_windows()
    del signal.SIGPIPE, os.execvpe, os.setsid, os.sysconf
    use(Path(sys.argv[1]))
    print("used")  # noqa: T201 - for the test
