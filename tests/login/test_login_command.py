"""`torus-connect login` as a process, against the sandbox, with a user who has no browser."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from login.terminal import Terminal
from login.user import User, hidden_fields
from support.command_line import Done, run_here
from support.raw_server import Connection, RawServer, answer, reply

from torus_connect.sandbox import Sandbox

COMMAND = str(Path(sys.executable).with_name("torus-connect"))
LOGIN = (COMMAND, "login")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class Place:
    """A sandbox that leads back to a port, and a folder for sessions."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder / "sessions"
        self.sandbox = Sandbox(redirect_url=f"http://127.0.0.1:{self.port}/end?from=sandbox")
        self.options = ("--port", str(self.port), "--path", "/end")

    @property
    def env(self) -> dict[str, str]:
        return {
            **os.environ,
            "TORUS_API_KEY": Sandbox.api_key,
            "TORUS_API_SECRET": Sandbox.api_secret,
            "TORUS_BASE_URL": self.sandbox.base_url,
            "TORUS_SESSION_STORE": f"file:{self.folder}",
            "TERM": "xterm",
        }

    def log_in(self) -> str:
        """Let the user log in; return the end URL."""
        with User(self.sandbox) as user:
            return user.log_in()

    def come_back(self) -> str:
        """Let the user log in, and follow the redirect; return its request token."""
        url = httpx.URL(self.log_in())
        page = httpx.get(url)
        assert page.status_code == 200
        return url.params["REQUEST_TOKEN"]

    def ask(self, verb: str) -> str:
        """Return what a verb of `torus-connect session` prints."""
        return run_here(("session", verb), self.env).stdout.strip()

    def token(self) -> str:
        return self.ask("token")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for name in list(os.environ):
        if "DISPLAY" in name or name == "BROWSER":
            monkeypatch.delenv(name)
    where = Place(tmp_path)
    with where.sandbox:
        yield where


@contextmanager
def running(place: Place, *options: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*LOGIN, *place.options, *options],
        env={**place.env, **env},
        stdin=subprocess.DEVNULL,
        stdout=pipe,
        stderr=pipe,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def run(place: Place, *options: str, stdin: str = "", **env: str) -> Done:
    done = run_here(["login", *place.options, *options], {**place.env, **env}, stdin)
    assert "Traceback" not in done.stderr
    return done


def event(process: subprocess.Popen[str]) -> Any:
    assert process.stdout
    return json.loads(process.stdout.readline())


@pytest.mark.usefixtures("measured")
def test_a_script_logs_a_user_in_and_every_program_finds_the_session(place: Place) -> None:
    with running(place, "--json", "--no-browser") as process:
        assert event(process) == {
            "event": "login",
            "login_url": place.sandbox.login_url,
            "redirect_url": f"http://127.0.0.1:{place.port}/end",
        }
        request_token = place.come_back()
        told = event(process)
        assert told.keys() == {"event", "new", "issued_at", "expires_at", "expiry_basis"}
        assert (told["event"], told["new"]) == ("session", True)
        out, err = process.communicate(timeout=20)
    access_token = Sandbox.access_token_for(request_token)
    assert (process.returncode, out) == (0, "")
    assert err == "torus-connect: Waiting for the login, for 300 seconds at the most.\n"
    another = subprocess.run(
        [COMMAND, "session", "token"], env=place.env, capture_output=True, text=True, check=False, timeout=30
    )
    assert another.stdout.strip() == access_token
    file = Path(place.ask("path"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert access_token in file.read_text()

    again = run(place, "--json")
    assert (again.returncode, again.stderr) == (0, "")
    assert json.loads(again.stdout) == {**told, "new": False}
    assert place.sandbox.exchanges == 1
    again = run(place)
    assert (again.returncode, again.stdout) == (0, "")
    assert again.stderr.startswith("torus-connect: Nothing to do: a session is stored, and good until 20")


def test_force_logs_in_again(place: Place) -> None:
    for expected in (1, 2):
        done = run(place, "--force", "--paste", stdin=f" {place.log_in()}\n")
        assert (done.returncode, done.stdout) == (0, "")
        assert "Logged in. The session is stored, and good until 20" in done.stderr
        assert place.sandbox.exchanges == expected
    assert place.token()


def test_each_user_has_a_session_of_his_own(place: Place) -> None:
    for user in ("first", "second"):
        assert run(place, "--user", user, "--paste", stdin=place.log_in()).returncode == 0
    assert place.sandbox.exchanges == 2
    assert place.token() == ""


def test_the_bare_request_token_may_be_pasted_too(place: Place) -> None:
    request_token = place.sandbox.issue_request_token()
    assert run(place, "--paste", stdin=request_token).returncode == 0
    assert place.token() == Sandbox.access_token_for(request_token)


@pytest.mark.usefixtures("measured")
def test_the_browser_gets_the_url_and_no_secret(place: Place, tmp_path: Path) -> None:
    browser, record = tmp_path / "browser", tmp_path / "record"
    browser.write_text(
        f"#!{sys.executable}\nimport json, os, sys\nprint('a browser may say much', flush=True)\n"
        f"with open('{record}.part', 'w') as file: json.dump([sys.argv[1:], dict(os.environ)], file)\n"
        f"os.rename('{record}.part', '{record}')\n"
    )
    browser.chmod(0o700)
    with running(place, BROWSER=str(browser)) as process:
        end = time.monotonic() + 20
        while not record.exists():
            assert time.monotonic() < end
            time.sleep(0.02)
        place.come_back()
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "")
    assert err.startswith(f"torus-connect: Opening the login in the browser: {place.sandbox.login_url}\n")
    arguments, environment = json.loads(record.read_text())
    assert arguments == [place.sandbox.login_url]
    assert not [name for name in environment if name.startswith("TORUS_")]
    assert Sandbox.api_secret not in str(environment)


def test_a_browser_that_does_not_start_is_told(place: Place) -> None:
    with running(place, BROWSER="false") as process:
        assert process.stderr
        said = [process.stderr.readline() for _ in range(3)]
        place.come_back()
        assert process.wait(20) == 0
    assert said[0].startswith("torus-connect: Opening the login in the browser: ")
    assert sum("No browser could be opened: open the address above" in line for line in said) == 1


@pytest.mark.parametrize("env", [{"DISPLAY": ":77", "PATH": ""}, {}])
def test_without_a_browser_and_a_terminal_it_waits_all_the_same(place: Place, env: dict[str, str]) -> None:
    with running(place, **env) as process:
        assert process.stderr
        assert process.stderr.readline() == f"torus-connect: Log in at: {place.sandbox.login_url}\n"
        place.come_back()
        assert process.communicate(timeout=20)[0] == ""
    assert process.returncode == 0


@pytest.mark.usefixtures("measured")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
class TestTerminal:
    @pytest.mark.parametrize("options", [(), ("--paste",)])
    def test_without_a_browser_the_address_is_asked_for_and_hidden(
        self, place: Place, options: tuple[str, ...]
    ) -> None:
        with Terminal([*LOGIN, *place.options, *options], place.env) as terminal:
            terminal.read_until("The address that the login ended at (not shown): ")
            assert f"Log in at: {place.sandbox.login_url}\r\n" in terminal.shown
            assert ("No browser was found. Open that address on any device" in terminal.shown) is (not options)
            assert "the address at which the login ends, even if its page cannot be shown." in terminal.shown
            end_url = place.log_in()
            terminal.enter(f"{end_url}\n")
            assert terminal.end() == 0
            assert "REQUEST_TOKEN" not in terminal.shown
            assert "Logged in" in terminal.shown
        assert place.token() == Sandbox.access_token_for(end_url.partition("REQUEST_TOKEN=")[2])

    def test_a_one_time_password_is_shown_apart_from_the_prompt_and_not_taken_for_an_address(
        self, place: Place
    ) -> None:
        port, prompt = free_port(), "The address that the login ended at (not shown): "
        with Terminal([*LOGIN, *place.options, "--sandbox", str(port)], place.env) as terminal:
            terminal.read_until(prompt)
            said = "torus-connect: the one-time password of a@example.com is "
            with httpx.Client(base_url=f"http://127.0.0.1:{port}") as browser:

                def identify() -> httpx.Response:
                    page = browser.get(f"/connect/login/{Sandbox.api_key}", follow_redirects=True)
                    data = {**hidden_fields(page.text), "user": "a@example.com"}
                    return browser.post(page.url, data=data, follow_redirects=True)

                page = identify()
                terminal.read_until(f"{prompt}\r\n{said}")
                terminal.read_until(f"\r\n{prompt}")
                otp = terminal.shown.partition(said)[2][:6]
                terminal.enter(f"{otp}\n")
                terminal.read_until("That is the one-time password: type it on the login page.\r\n" + prompt)
                end = browser.post(page.url, data={**hidden_fields(page.text), "otp": otp})
                terminal.enter(f"{end.headers['Location']}\n")
                terminal.read_until("Ctrl-C ends it.")
                before, terminal.shown = terminal.shown, ""
                identify()
                terminal.read_until(said)
            assert otp in before
            assert "Log in at: " in before
            assert prompt not in terminal.shown
            assert terminal.press_ctrl_c() == 0

    def test_after_a_login_at_a_local_torus_that_failed_the_next_one_is_there_too(self, place: Place) -> None:
        with Terminal([*LOGIN, *place.options, "--sandbox", str(free_port())], place.env) as terminal:
            terminal.read_until("(not shown): ")
            terminal.enter("canary-token\n")
            assert terminal.end() == 4
            assert "Log in again, with `torus-connect login --sandbox`." in terminal.shown
            assert "canary" not in terminal.shown

    def test_a_terminal_gets_plain_lines(self, place: Place) -> None:
        with Terminal([*LOGIN, *place.options, "--no-browser", "--timeout", "61"], place.env) as terminal:
            terminal.read_until("Waiting for the login, for 61 seconds at the most.")
            place.come_back()
            assert terminal.end() == 0
            assert "\x1b" not in terminal.shown

    @pytest.mark.parametrize("typed", ["\n", "\x04"])
    def test_nothing_pasted(self, place: Place, typed: str) -> None:
        with Terminal([*LOGIN, "--paste"], place.env) as terminal:
            terminal.read_until("(not shown): ")
            terminal.enter(typed)
            assert terminal.end() == 2
            assert "url_or_token is missing: nothing was typed" in terminal.shown

    @pytest.mark.parametrize(
        ("options", "words"), [(("--no-browser",), "Waiting for the login"), (("--paste",), "(not shown)")]
    )
    def test_ctrl_c(self, place: Place, options: tuple[str, ...], words: str) -> None:
        with Terminal([*LOGIN, *place.options, *options], place.env) as terminal:
            terminal.read_until(words)
            assert terminal.press_ctrl_c() == 130
            assert "Interrupted. Nothing was sent." in terminal.shown
            assert "Traceback" not in terminal.shown


def test_an_interrupt_leaves_the_lock_free(place: Place) -> None:
    with running(place, "--no-browser", "--json") as process:
        event(process)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 130
    assert run(place, "--paste", stdin=place.log_in()).returncode == 0


def test_a_second_login_says_that_it_waits_for_the_first(place: Place) -> None:
    with running(place, "--no-browser", "--json") as first:
        event(first)
        with running(place, "--no-browser", "--timeout", "60") as second:
            assert second.stderr
            said = "another login of the user 'default' is under way: waiting for it, for up to 60 seconds\n"
            assert second.stderr.readline() == f"torus-connect: {said}"
            place.come_back()
            out, err = second.communicate(timeout=20)
        assert (second.returncode, out) == (0, "")
        assert err.startswith("torus-connect: Nothing to do: a session is stored")
        assert err.count("\n") == 1
        assert first.wait(20) == 0


def test_nobody_comes_back(place: Place) -> None:
    done = run(place, "--timeout", "0.1")
    assert (done.returncode, done.stdout) == (3, "")
    assert "Nobody came back from the login within 0.1 seconds" in done.stderr


def test_the_user_cancels(place: Place) -> None:
    with running(place, "--no-browser", "--json") as process:
        event(process)
        with User(place.sandbox) as user:
            user.begin()
            assert httpx.get(user.submit(cancel="1")).status_code == 400
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (3, "")
    assert "The login failed: the redirect carries an error" in err


@pytest.mark.parametrize(
    ("options", "stdin", "code", "words"),
    [
        (("--paste",), "", 2, "url_or_token is empty"),
        (("--paste",), "https://x/?code=canary", 3, "The redirect carries no request token"),
        (("--paste",), "https://x/?REQUEST_TOKEN=canary", 4, "The service answered 401"),
        (("--port", "0"), "", 2, "port must be a whole number from 1 to 65535"),
        (("--path", "canary"), "", 2, "path must start with /"),
        (("--timeout", "0"), "", 2, "timeout must be above 0"),
        (("--store", "canary:"), "", 2, "store is none of"),
        (("--user", ""), "", 2, "user must be 1 to 256 characters"),
    ],
)
def test_what_goes_wrong(place: Place, options: tuple[str, ...], stdin: str, code: int, words: str) -> None:
    done = run(place, *options, stdin=stdin)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "canary" not in done.stderr
    assert place.token() == ""


def test_the_port_is_taken(place: Place) -> None:
    with socket.create_server(("127.0.0.1", place.port)):
        done = run(place)
    assert done.returncode == 2
    said = f"port {place.port} cannot be listened on, on 127.0.0.1 and ::1: Address already in use"
    assert said in done.stderr
    assert "--port" in done.stderr
    assert "Log in at" not in done.stderr


def test_the_secret_is_missing(place: Place) -> None:
    done = run(place, TORUS_API_SECRET="")
    assert done.returncode == 2
    assert "api_secret (from TORUS_API_SECRET) is empty" in done.stderr


def test_a_reply_that_cannot_be_read_is_kept(place: Place, tmp_path: Path) -> None:
    kept = tmp_path / "reply"
    with RawServer(answer(reply(b'{"Access": "canary"}'))) as server:
        done = run(place, "--paste", "--save-reply", str(kept), stdin="a-token", TORUS_BASE_URL=server.base_url)
    assert done.returncode == 5
    assert kept.read_bytes() == b'{"Access": "canary"}'


@pytest.mark.usefixtures("measured")
def test_a_session_that_cannot_be_kept_is_said_to_be_lost(place: Place) -> None:
    def behave(connection: Connection) -> None:
        connection.read_request()
        shutil.rmtree(place.folder)
        place.folder.write_text("no folder any more")
        connection.send(reply())

    with RawServer(behave) as server:
        done = run(place, "--paste", stdin="a-token", TORUS_BASE_URL=server.base_url)
    assert (done.returncode, done.stdout) == (5, "")
    assert "The user is logged in, but the session could not be stored" in done.stderr
    assert "It is lost: mend the store, and log in again." in done.stderr


def test_nowhere_to_write(place: Place) -> None:
    done = subprocess.run(
        ["sh", "-c", f"{COMMAND} login --json --no-browser >/dev/full"],
        env=place.env,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "torus-connect: standard output cannot be written: No space left on device\n"


@pytest.mark.usefixtures("measured")
def test_a_first_try_at_a_local_torus(place: Place) -> None:
    """The login of a user who has nothing yet; what it says next is typed while it runs."""
    port, nothing = free_port(), {"TORUS_API_KEY": "", "TORUS_API_SECRET": "", "TORUS_BASE_URL": ""}
    with running(place, "--no-browser", "--sandbox", str(port), **nothing) as process:
        assert process.stderr
        assert process.stdout
        url = process.stderr.readline().removeprefix("torus-connect: Log in at: ").strip()
        with httpx.Client(follow_redirects=True) as browser:
            form = browser.get(url)
            assert "prefers-color-scheme: dark" in form.text
            form = browser.post(form.url, data={**hidden_fields(form.text), "user": "a@example.com", "go": "1"})
            said = process.stderr.readline()
            while "the one-time password of" not in said:
                said = process.stderr.readline()
            fields = {**hidden_fields(form.text), "otp": said.split()[-1], "go": "1"}
            end = browser.post(form.url, data=fields)
        assert "The login came back. The program that waited for it goes on, and says whether" in end.text
        assert "prefers-color-scheme: dark" in end.text
        shown = ""
        while "Ctrl-C ends it" not in shown:
            shown += process.stdout.readline()
        exported = dict(line.split("export ")[1].split("=", 1) for line in shown.splitlines() if "export" in line)
        done = subprocess.run([COMMAND, "holdings"], env={**place.env, **exported}, capture_output=True, check=False)
        assert done.returncode == 0
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_a_first_try_on_a_port_that_is_taken(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(place, "--sandbox", str(port))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"torus-connect: port {port} of 127.0.0.1 is taken; choose another with --sandbox PORT\n"
