"""The URL of a Redis store, and the keys that it encrypts with: what needs no server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from fleet.leaks import shown_by

from torus_connect import ConfigurationError, Secret, StoreError
from torus_connect.stores import open_async_store, open_store
from torus_connect.stores._redis.encryption import decrypted, fernet_of_environment

PASSWORD = "demo-password-not-real"


def test_all_of_it(tmp_path: Path) -> None:
    file = tmp_path / "ca"
    file.touch()
    options = f"lock_ttl=12.5&timeout=1&connections=2&ca_file={file}"
    from torus_connect.stores._redis.settings import redis_settings

    server = redis_settings(Secret(f"rediss://a%40user:p%2Fw@Host.example:7000/3?{options}"))
    assert server.name == "rediss://host.example:7000/3"
    assert str(server.url) == "rediss://a%40user:p%2Fw@Host.example:7000/3"
    assert (server.lock_ttl, server.timeout, server.connections, server.ca_file) == (12.5, 1, 2, file)
    assert "user" not in repr(server)


def test_the_least_of_it() -> None:
    from torus_connect.stores._redis.settings import redis_settings

    server = redis_settings(Secret("redis://[::1]"))
    assert server.name == "redis://[::1]:6379/0"
    assert (server.lock_ttl, server.timeout, server.connections, server.ca_file) == (30, 5, 10, None)


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("host:port", "check brackets and port"),
        ("[::1", "check brackets and port"),
        ("host:0", "no valid host and port"),
        ("", "no valid host and port"),
        (f":{PASSWORD}@", "no valid host and port"),
        ("host/name", "the database is a number"),
        ("host/-1", "the database is a number"),
        (f":{PASSWORD}#x@host", "."),
        (f":{PASSWORD}@host#{PASSWORD}", "is written %23"),
        ("host?lock_ttl=0", "lock_ttl is a number"),
        ("host?lock_ttl=nan", "lock_ttl is a number"),
        ("host?timeout=1e9", "timeout is a number"),
        (f"host?timeout={PASSWORD}", "timeout is a number"),
        ("host?connections=0", "connections is a number"),
        ("host?connections=1.5", "connections is a number"),
        ("host?timeout=1&timeout=2", "names timeout twice"),
        (f"host?password={PASSWORD}", "its options are"),
        ("host?ca_file=/ca", "with rediss://, ca_file"),
    ],
)
@pytest.mark.parametrize("opened", [open_store, open_async_store])
def test_what_is_none(rest: str, why: str, opened: type) -> None:
    with pytest.raises(ConfigurationError, match=why) as caught:
        opened(f"redis://{rest}")
    for shown in shown_by(caught.value):
        assert PASSWORD not in shown


def test_it_is_opened_by_its_url() -> None:
    url = f"redis://:{PASSWORD}@host.example/1"
    assert repr(open_store(url)) == "<RedisStore redis://host.example:6379/1>"
    assert repr(open_async_store(url)) == "<AsyncRedisStore redis://host.example:6379/1>"


@pytest.mark.parametrize("missing", ["redis", "cryptography"])
def test_without_the_extra(missing: str) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from torus_connect import ConfigurationError\n"
        "from torus_connect.stores import open_store\n"
        "try:\n    open_store('redis://:secret@host')\nexcept ConfigurationError as error:\n    print(error.args[0])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "store redis: needs the extra: pip install 'torus-connect[redis]'\n"


class TestKeys:
    @pytest.fixture
    def keys(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        monkeypatch.delenv("TORUS_STORE_KEY")
        return [Fernet.generate_key().decode() for _ in range(2)]

    @pytest.fixture
    def file(self, tmp_path: Path, keys: list[str], monkeypatch: pytest.MonkeyPatch) -> Path:
        path = tmp_path / "keys"
        path.write_text("\n".join([*keys, ""]))
        path.chmod(0o600)
        monkeypatch.setenv("TORUS_STORE_KEY_FILE", str(path))
        return path

    def test_what_is_encrypted_comes_back(self, keys: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TORUS_STORE_KEY", keys[0])
        old = fernet_of_environment()
        monkeypatch.setenv("TORUS_STORE_KEY", f"{keys[1]},{keys[0]}")
        new = fernet_of_environment()
        assert decrypted(new, old.encrypt(b"a\nb")) == b"a\nb"
        with pytest.raises(StoreError, match="cannot be decrypted"):
            decrypted(old, new.encrypt(b"x"))
        with pytest.raises(StoreError, match="tampered with"):
            decrypted(new, new.encrypt(b"x")[:-1])

    @pytest.mark.usefixtures("file")
    def test_from_a_file(self, keys: list[str]) -> None:
        assert decrypted(fernet_of_environment(), Fernet(keys[1]).encrypt(b"x")) == b"x"

    @pytest.mark.usefixtures("keys")
    def test_there_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for value in (None, "", " , "):
            if value is not None:
                monkeypatch.setenv("TORUS_STORE_KEY", value)
            with pytest.raises(ConfigurationError, match=r"TORUS_STORE_KEY is missing.*Fernet\.generate_key\(\)"):
                fernet_of_environment()

    def test_it_is_none(self, keys: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TORUS_STORE_KEY", f"{keys[0]},{keys[1][:-3]}")
        with pytest.raises(ConfigurationError, match="no Fernet key") as caught:
            fernet_of_environment()
        for shown in shown_by(caught.value):
            assert keys[0] not in shown
            assert keys[1][:-3] not in shown

    @pytest.mark.usefixtures("file")
    def test_both(self, keys: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TORUS_STORE_KEY", keys[0])
        with pytest.raises(ConfigurationError, match="not both"):
            fernet_of_environment()

    def test_a_file_that_is_not_safe(self, file: Path) -> None:
        file.chmod(0o640)
        with pytest.raises(ConfigurationError, match=r"^TORUS_STORE_KEY_FILE is not used: .* is 640, and must be 600"):
            fernet_of_environment()
        file.chmod(0o600)
        file.write_text("\n")
        with pytest.raises(ConfigurationError, match="a file without a key"):
            fernet_of_environment()
        file.unlink()
        with pytest.raises(ConfigurationError, match="is not used: No such file"):
            fernet_of_environment()
        os.mkfifo(file, 0o600)
        with pytest.raises(ConfigurationError, match="it is no regular file"):
            fernet_of_environment()

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
    def test_a_file_of_somebody_else(self, file: Path) -> None:
        os.chown(file, 12345, -1)
        with pytest.raises(ConfigurationError, match="it belongs to another user"):
            fernet_of_environment()


AT_ONCE = """
import sys, threading, time
from torus_connect.stores import open_async_store, open_store

URL = "redis://127.0.0.1:1"
other = threading.Thread(target=open_async_store, args=(URL,))

def wait(event, args):
    # Once redis itself is about to run, let the other thread come to where it waits for what this one imports.
    if event == "exec" and args[0].co_filename.endswith("/redis/__init__.py") and not other.ident:
        other.start()
        while other.is_alive() and sys._current_frames()[other.ident].f_code.co_name != "acquire":
            time.sleep(0.001)

sys.addaudithook(wait)
open_store(URL)
other.join()
"""


def test_two_threads_open_the_first_stores_one_for_threads_one_for_tasks() -> None:
    done = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")
