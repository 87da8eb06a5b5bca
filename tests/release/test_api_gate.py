"""What breaks users fails `tools/api.py`, on a copy of the package, unless the version announces it."""

from __future__ import annotations

import io
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Collection
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

import torus_connect

pytestmark = pytest.mark.toolchain  # `make api-check`

ROOT = Path(__file__).resolve().parents[2]
HERE = "overrides/torus_connect"


class Tree:
    """A copy of what the tool looks at."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.released = root / "api" / "torus-connect.txt"

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run the tool of this tree; return its exit code and what it complained of.

        It runs in this process: most of the time of one of its own would go into importing griffe.
        """
        said = io.StringIO()
        with pytest.MonkeyPatch.context() as patched, redirect_stdout(io.StringIO()), redirect_stderr(said):
            patched.setattr(sys, "argv", ["api.py", *arguments])
            with pytest.raises(SystemExit) as ended:
                runpy.run_path(str(self.root / "tools" / "api.py"), run_name="__main__")
        code = ended.value.code
        return (code, said.getvalue()) if isinstance(code, int) else (1, f"{said.getvalue()}{code}\n")

    def change(self, file: str, old: str, new: str) -> None:
        """Replace the one place where the pattern is found."""
        path = self.root / file
        text, count = re.subn(old, new, path.read_text(), flags=re.MULTILINE | re.DOTALL)
        assert count == 1, f"{file} has {count} of {old}: name another"
        path.write_text(text)

    def version(self, version: str) -> None:
        self.change(f"{HERE}/_version.py", r'"[\w.]+"$', f'"{version}"')


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder whose API was released as 0.1.0."""
    root = tmp_path_factory.mktemp("api")
    for folder in ("overrides", "generated"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "api.py", root / "tools")
    tree = Tree(root)
    tree.version("0.1.0")
    assert tree.run("--release") == (0, "")
    return root


@pytest.fixture
def tree(pristine: Path, tmp_path: Path) -> Tree:
    """Return a copy in which a test may do as it likes."""
    shutil.copytree(pristine, tmp_path / "tree")
    return Tree(tmp_path / "tree")


BREAKING = {
    "an exported name is gone": (
        f"{HERE}/__init__.py",
        r'^    "Headers",\n',
        "",
        "torus_connect.Headers: Public object was removed",
    ),
    "an exception class is gone": (
        f"{HERE}/__init__.py",
        r'^    "RateLimited",\n',
        "",
        "torus_connect.RateLimited: Public object was removed",
    ),
    "a method is gone": (
        f"{HERE}/reply.py",
        r"def json_object\(",
        "def _json_object(",
        "torus_connect.Reply.json_object: Public object was removed",
    ),
    "a property is gone": (
        f"{HERE}/_credentials/session.py",
        r"@property\n    def authorization\(",
        "@property\n    def _authorization(",
        "torus_connect.Session.authorization: Public object was removed",
    ),
    "an attribute is gone": (
        f"{HERE}/_credentials/session.py",
        r"self\.base_url: str \| None = ",
        "self._base_url = ",
        "torus_connect.Session.base_url: Public object was removed",
    ),
    "a property became a method": (
        f"{HERE}/errors.py",
        r"@property\n    def status_code\(",
        "def status_code(",
        "torus_connect.APIStatusError.status_code: Public object points to a different kind of object",
    ),
    "a property is of another type": (
        f"{HERE}/errors.py",
        r"def headers\(self\) -> Headers:",
        "def headers(self) -> dict[str, str]:",
        "torus_connect.APIStatusError.headers: was Headers, is dict[str, str]",
    ),
    "a member of an enumeration has another value": (
        f"{HERE}/errors.py",
        r'"not_sent"',
        '"unsent"',
        "torus_connect.Outcome.NOT_SENT: was 'not_sent', is 'unsent'",
    ),
    "an error has another outcome": (
        f"{HERE}/errors.py",
        r"(class ServerError.*?)Outcome\.UNKNOWN",
        r"\1Outcome.REFUSED",
        "torus_connect.ServerError.outcome: was Outcome.UNKNOWN, is Outcome.REFUSED",
    ),
    "a keyword has another name": (
        f"{HERE}/_credentials/session.py",
        r"issued_at: datetime \| None = None",
        "at: datetime | None = None",
        "torus_connect.Session.__init__(issued_at): Parameter was removed",
    ),
    "a keyword of a private base has another name": (
        f"{HERE}/_client_base.py",
        r"api_secret: str \| None = None",
        "secret: str | None = None",
        "torus_connect.AsyncTorusConnect.__init__(api_secret): Parameter was removed",
    ),
    "a parameter is required": (
        f"{HERE}/_client_base.py",
        r"api_key: str \| None = None",
        "api_key: str | None",
        "torus_connect.TorusConnect.__init__(api_key): Parameter is now required",
    ),
    "a new parameter is required": (
        f"{HERE}/errors.py",
        r"(class APIStatusError.*?message: str, \*, )",
        r"\1status: int, ",
        "torus_connect.APIStatusError.__init__(status): Parameter was added as required",
    ),
    "a parameter takes a keyword only": (
        f"{HERE}/client.py",
        r"(class TorusConnect\(.*?)generate_session\(self, ",
        r"\1generate_session(self, *, ",
        "torus_connect.TorusConnect.generate_session(request_token): Parameter kind was changed",
    ),
    "a constant that is a default is another": (
        f"{HERE}/_config/settings.py",
        r"^DEFAULT_TIMEOUT = [\d.]+",
        "DEFAULT_TIMEOUT = 99",
        "torus_connect.TorusConnect.__init__(timeout): Parameter default was changed",
    ),
    "a base class is another": (
        f"{HERE}/errors.py",
        r"class ConfigurationError\(TorusError, ValueError\)",
        "class ConfigurationError(TorusError, KeyError)",
        "torus_connect.ConfigurationError: is no ValueError any more",
    ),
    "a base class is further up": (
        f"{HERE}/errors.py",
        r"class NotFound\(APIStatusError\)",
        "class NotFound(TorusError)",
        "torus_connect.NotFound: is no APIStatusError any more",
    ),
    "a coroutine is none any more": (
        f"{HERE}/async_client.py",
        r"async def aclose",
        "def aclose",
        "torus_connect.AsyncTorusConnect.aclose: async came or went",
    ),
    "the return type is gone": (
        f"{HERE}/async_client.py",
        r"(async def generate_session\([^)]*\)) -> Session",
        r"\1",
        "torus_connect.AsyncTorusConnect.generate_session: Return types are incompatible",
    ),
    "a room has no public names any more": (
        f"{HERE}/sandbox/__init__.py",
        r"^__all__ = .*",
        "",
        "torus_connect.sandbox: the module is not public any more",
    ),
    "a generated function takes another keyword": (
        "generated/torus_connect_api/api/session/generate_session.py",
        r"^(def sync\([^)]*?)body:",
        r"\1payload:",
        "torus_connect_api.api.session.generate_session.sync(body): Parameter was removed",
    ),
}

HARMLESS = {
    "an optional keyword": (
        f"{HERE}/_credentials/session.py",
        r"issued_at: datetime \| None = None",
        "issued_at: datetime | None = None, user: str | None = None",
    ),
    "a class more": (
        f"{HERE}/errors.py",
        r"^class RedirectRefused",
        'class Teapot(APIStatusError):\n    """418."""\n\n\nclass RedirectRefused',
    ),
    "an exported name more": (
        f"{HERE}/__init__.py",
        r"(    from \._credentials\.session import Session\n)(.*?__all__ = \[\n)",
        r'\1    from ._config.settings import Settings\n\2    "Settings",\n',
    ),
    "another docstring": (
        f"{HERE}/errors.py",
        r'"""The root of every error of this SDK\.',
        '"""Every error of this SDK is one of these.',
    ),
    "another next step": (
        f"{HERE}/errors.py",
        r"(class NotFound.*?next_step: [^=]*= \(?\s*)\"",
        r'\1"First of all: ',
    ),
    "a class less that was not exported": (f"{HERE}/reply.py", r"^class Body:", "class Received:"),
    "a member came from a base class": (
        f"{HERE}/errors.py",
        r"(?P<base>    def __reduce__)(?P<between>.*?)(?P<moved>    @property\n    def status_code.*?status_code\n\n)",
        r"\g<moved>\g<base>\g<between>",
    ),
    "a base class in between": (
        f"{HERE}/errors.py",
        r"^class NotFound\(APIStatusError\)",
        "class ClientFault(APIStatusError):\n    pass\n\n\nclass NotFound(ClientFault)",
    ),
}


def at_once_and_each(changes: Collection[str]) -> list[object]:
    """Return all changes together, and for `make soak` each alone: a run takes long."""
    each = (pytest.param([name], id=name, marks=pytest.mark.soak) for name in changes)
    return [pytest.param(list(changes), id="all at once"), *each]


@pytest.mark.parametrize("changes", at_once_and_each(BREAKING))
def test_what_breaks_users_fails_and_is_named(tree: Tree, changes: list[str]) -> None:
    complaints = set()
    for name in changes:
        *change, complaint = BREAKING[name]
        tree.change(*change)
        complaints.add(complaint)
    code, said = tree.run()
    assert code == 1
    assert complaints - set(said.splitlines()) == set()
    assert "This breaks users of 0.1.0, which 0.1.0 does not announce." in said


@pytest.mark.parametrize("changes", at_once_and_each(HARMLESS))
def test_what_breaks_nobody_passes(tree: Tree, changes: list[str]) -> None:
    for name in changes:
        tree.change(*HARMLESS[name])
    assert tree.run() == (0, "")


@pytest.mark.parametrize(
    ("released", "now", "code"),
    [
        ("0.1.0", "0.1.1", 1),
        ("0.1.0", "0.2.0", 0),
        ("1.4.0", "1.5.0", 1),
        pytest.param("0.9.3", "1.0.0", 0, marks=pytest.mark.soak),
        pytest.param("1.4.0", "1.4.1", 1, marks=pytest.mark.soak),
        pytest.param("1.4.0", "2.0.0", 0, marks=pytest.mark.soak),
    ],
)
def test_the_version_announces_what_breaks(tree: Tree, released: str, now: str, code: int) -> None:
    tree.change("api/torus-connect.txt", r"0\.1\.0", released)
    before = tree.released.read_text()
    tree.change(f"{HERE}/reply.py", r"def json_object\(", "def _json_object(")
    tree.version(now)
    assert tree.run("--release")[0] == code
    # What is refused is not written down either.
    assert (tree.released.read_text() == before) is (code == 1)


def test_a_name_that_type_checkers_would_not_find_fails(tree: Tree) -> None:
    tree.change(f"{HERE}/__init__.py", r"^    from \._spec\.documents import spec_text\n", "")
    assert tree.run() == (1, "torus_connect: `__all__` names what is not imported there: spec_text\n")


def test_without_a_released_api_there_is_nothing_to_pass(tree: Tree) -> None:
    tree.released.unlink()
    assert tree.run() == (1, "api/torus-connect.txt is missing: without it nothing can be compared\n")


def test_it_is_a_command(tree: Tree) -> None:
    tree.change(f"{HERE}/_credentials/session.py", r"self\.base_url: str \| None = ", "self._base_url = ")
    command = [sys.executable, str(tree.root / "tools" / "api.py")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "torus_connect.Session.base_url: Public object was removed" in done.stderr


def test_the_public_api_is_what_is_exported(tree: Tree) -> None:
    section = tree.released.read_text().split("# module ")[1]
    named = set(re.findall(r"^(?:class |def |async def )?(\w+)", section.partition("\n")[2], re.MULTILINE))
    assert named == set(torus_connect.__all__)
    assert "api_key: str | None = None" in section


def test_nothing_of_the_machine_is_in_it(tree: Tree) -> None:
    text = tree.released.read_text()
    assert str(tree.root) not in text
    assert str(Path.home()) not in text
    assert "://" not in text
