"""What is in the wheel and the sdist, and that every way to install them gives the same working thing."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import shutil
import tarfile
import threading
import tomllib
import zipfile
from email import message_from_bytes
from email.message import Message
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from distribution.conftest import BIN, ROOT, Install, build, call, pip
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from torus_connect import __version__
from torus_connect.cli import main

USE_IT = Path(__file__).with_name("use_it.py")
EXTRA = "torus-connect[sandbox] @ "


def wheel_of(dist: Path) -> Path:
    return next(dist.glob("*.whl"))


def sdist_of(dist: Path) -> Path:
    return next(dist.glob("*.tar.gz"))


def metadata(dist: Path) -> Message:
    with zipfile.ZipFile(wheel_of(dist)) as wheel:
        return message_from_bytes(wheel.read(f"torus_connect-{__version__}.dist-info/METADATA"))


def extra_of(dist: Path) -> list[str]:
    requirements = metadata(dist).get_all("Requires-Dist", [])
    return [line.partition(";")[0].strip() for line in requirements if "extra == 'sandbox'" in line]


@pytest.mark.toolchain  # `make dist`
def test_what_the_wheel_holds(dist: Path) -> None:
    with zipfile.ZipFile(wheel_of(dist)) as wheel:
        names = set(wheel.namelist())
        assert wheel.read("torus_connect/openapi/torus.yaml") == (ROOT / "openapi" / "torus.yaml").read_bytes()
        assert wheel.read("torus_connect/openapi/torus.json") == (ROOT / "generated" / "torus.json").read_bytes()
        page = wheel.read("torus_connect/openapi/reference.html")
        assert page == (ROOT / "generated" / "reference.html").read_bytes()
        licence = wheel.read(f"torus_connect-{__version__}.dist-info/licenses/LICENSE")
        for documents in ("openapi/conformance", "generated/bruno", "generated/samples"):
            for file in (ROOT / documents).iterdir():
                assert wheel.read(f"torus_connect/openapi/{file.parent.name}/{file.name}") == file.read_bytes()
    assert licence == (ROOT / "LICENSE").read_bytes()
    assert {"torus_connect/py.typed", "torus_connect_api/py.typed"} <= names
    tops = {name.split("/")[0] for name in names}
    assert tops == {"torus_connect", "torus_connect_api", f"torus_connect-{__version__}.dist-info"}
    for folder, source in (("torus_connect", "overrides"), ("torus_connect_api", "generated")):
        ours = {str(path.relative_to(ROOT / source)) for path in (ROOT / source / folder).rglob("*.py")}
        code = {name for name in names if name.startswith(f"{folder}/") and name.endswith(".py")}
        assert ours == {name for name in code if not name.startswith("torus_connect/openapi/samples/")}
    assert not [name for name in names if re.search(r"(^|/)(conftest|test_[^/]*)\.py$|\.pyc$", name)]


@pytest.mark.toolchain  # `make dist`
def test_what_the_sdist_holds(dist: Path) -> None:
    with tarfile.open(sdist_of(dist)) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {
        "docs/images/reference.png",
        "openapi/torus.yaml",
        "openapi/torus.arazzo.yaml",
        "openapi/pack/README.md",
        "openapi/conformance/request.json",
        "generated/torus-3.1.yaml",
        "generator-config.yml",
        "generated/PROVENANCE.json",
        "overrides/torus_connect/client.py",
        "examples/notebook.ipynb",
        "tests/conftest.py",
        "tools/sdk.py",
        "requirements/dev.txt",
        "Makefile",
        "LICENSE",
        "README.md",
        "PKG-INFO",
    } <= names


@pytest.mark.toolchain  # `make dist`
def test_what_it_depends_on(dist: Path) -> None:
    requirements = metadata(dist).get_all("Requires-Dist", [])
    required = {re.split(r"[<>=\[ ]", line)[0] for line in requirements if "extra ==" not in line}
    assert required == {"attrs", "httpx", "python-dateutil"}
    sandbox = [re.split(r"[<>=]", line)[0] for line in extra_of(dist)]
    assert sandbox == ["openapi-core", "pyotp", "pyyaml", "starlette", "uvicorn"]


@pytest.mark.toolchain  # `make dist`
def test_where_more_is_to_be_read(dist: Path) -> None:
    urls = dict(each.split(", ") for each in metadata(dist).get_all("Project-URL", []))
    assert urls["API documentation of the broker"] == "https://docs.torusdigital.com"
    assert all(len(name) <= 32 and url.startswith("https://") for name, url in urls.items())  # what an index takes


@pytest.mark.toolchain  # `make dist`
def test_two_builds_are_the_same_bytes(checkout: Path, dist: Path, tmp_path: Path) -> None:
    again = build(checkout, tmp_path)
    assert wheel_of(again).read_bytes() == wheel_of(dist).read_bytes()
    assert sdist_of(again).read_bytes() == sdist_of(dist).read_bytes()


@pytest.mark.toolchain  # `make dist`
def test_the_checkers_are_content(dist: Path) -> None:
    assert "PASSED" in call(BIN / "twine", "check", "--strict", wheel_of(dist), sdist_of(dist))
    assert "OK" in call(BIN / "check-wheel-contents", wheel_of(dist), cwd=ROOT)


@pytest.mark.soak
@pytest.mark.parametrize("way", ["wheel", "folder", "sdist", "git", "editable"])
def test_every_way_to_install(
    way: str, checkout: Path, dist: Path, wheels: Path, install: Install, tmp_path: Path
) -> None:
    if way == "git" and not shutil.which("git"):
        assert "CI" not in os.environ, "git is missing"
        pytest.skip("git is missing: there is no git URL to install from")
    programs = install(
        *("--no-index", "--find-links", wheels),
        *{
            "folder": [EXTRA + checkout.as_uri()],
            "wheel": [EXTRA + wheel_of(dist).as_uri()],
            "sdist": [EXTRA + sdist_of(dist).as_uri()],
            # pip takes no name in front of a git URL of a file, so the extra is spelled out.
            "git": [f"git+{checkout.as_uri()}", *extra_of(dist)],
            "editable": ["--editable", f"{checkout}[sandbox]"],
        }[way],
    )
    works(programs, tmp_path)


@pytest.mark.toolchain  # `make release-rehearsal`, and `make dist`
def test_a_release_is_installed_by_its_name(dist: Path, install: Install, tmp_path: Path) -> None:
    """From an index (PEP 503) that has the release, beside the usual one, which has all that it needs."""
    folder = tmp_path / "index" / "simple" / "torus-connect"
    folder.mkdir(parents=True)
    files = [Path(shutil.copy(file, folder)) for file in (wheel_of(dist), sdist_of(dist))]
    hashes = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    links = (f'<a href="{name}#sha256={digest}">{name}</a>' for name, digest in hashes.items())
    (folder / "index.html").write_text(f"<!DOCTYPE html><html><body>{' '.join(links)}</body></html>", encoding="utf-8")
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            asked.append(self.path)

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=tmp_path / "index")) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            index = f"http://127.0.0.1:{server.server_port}/simple/"
            programs = install("--extra-index-url", index, f"torus-connect[sandbox]=={__version__}")
        finally:
            server.shutdown()
            thread.join()
    assert f"/simple/torus-connect/{wheel_of(dist).name}" in asked
    works(programs, tmp_path)


def works(programs: Path, tmp_path: Path) -> None:
    """Use what is installed: the package, its command, and all that comes with it."""
    output = call(programs / "python", "-I", "-W", "error", USE_IT, cwd=tmp_path)
    assert output == "traded 4\n"
    assert call(programs / "torus-connect", "--version") == f"torus-connect {__version__}\n"
    assert call(programs / "torus-connect", "spec") == (ROOT / "openapi" / "torus.yaml").read_text()
    call(programs / "torus-connect", "spec", "--pack", tmp_path / "installed")
    assert main(["spec", "--pack", str(tmp_path / "checkout")]) == 0
    assert call("diff", "--recursive", tmp_path / "installed", tmp_path / "checkout") == ""
    conformance = (
        "sandbox",
        "--conformance",
        "--only",
        "success",
        "--",
        programs / "torus-connect",
        "session",
        "generate",
    )
    assert call(programs / "torus-connect", *conformance) == "pass  success\n1 passed, 0 failed\n"
    assert call(programs / "python", "-m", "torus_connect", "--version") == f"torus-connect {__version__}\n"


def pinned(name: str) -> dict[str, Version]:
    """Return the versions that a file of requirements pins."""
    lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return {canonicalize_name(line.split("==")[0]): Version(line.split("==")[1].split()[0]) for line in lines}


def test_it_claims_to_work_with_what_is_tested_and_nothing_else() -> None:
    """`make lowest` tests the lower end of each bound, `make test` the upper one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    bounds = {Requirement(line) for line in [*project["dependencies"], *itertools.chain(*extras)]}
    lowest, highest = pinned("lowest"), pinned("dev")
    for bound in bounds:
        name = canonicalize_name(bound.name)
        ends = {each.operator: Version(each.version) for each in bound.specifier}
        assert lowest[name] == ends[">="], name
        assert highest[name] in bound.specifier, name
        if "<" in ends:
            last = ends["<"].release
            assert (*highest[name].release[: len(last) - 1], highest[name].release[len(last) - 1] + 1) == last, name
    assert {canonicalize_name(bound.name) for bound in bounds} >= {"attrs", "httpx", "redis", "starlette"}


@pytest.mark.soak
def test_without_the_extra_and_in_a_test_of_a_user(dist: Path, wheels: Path, install: Install, tmp_path: Path) -> None:
    fetched = ("--no-index", "--find-links", wheels)
    programs = install(*fetched, wheel_of(dist), "pytest")
    (tmp_path / "test_login.py").write_text(
        "from torus_connect import TorusConnect\n\n\n"
        "def test_login(torus_sandbox):\n"
        "    with TorusConnect(**torus_sandbox.credentials) as torus:\n"
        "        assert torus.generate_session(torus_sandbox.issue_request_token()).access_token\n"
    )
    pytest_there = (programs / "python", "-I", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_login.py")
    with pytest.raises(AssertionError, match=r"pip install 'torus-connect\[sandbox\]'"):
        call(*pytest_there, cwd=tmp_path)
    pip(programs / "python", *fetched, EXTRA + wheel_of(dist).as_uri())
    assert "1 passed" in call(*pytest_there, cwd=tmp_path)
    works(programs, tmp_path)
