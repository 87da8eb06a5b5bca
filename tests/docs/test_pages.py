"""Every page of the documentation is followed from top to bottom, as it is printed, in one shell."""

from __future__ import annotations

import fcntl
import re
import socket
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path

import pytest
from docs.reader import ROOT, Block, Reader, WallClock, blocks_of, sandbox_of_reader
from markdown_it import MarkdownIt

from torus_connect._spec.pack import pack_files, write_pack

PACK = ROOT / "openapi" / "pack"
CALLS = ROOT / "docs" / "reference" / "calls"  # `make docs` copies generated/pages/ there
DOCS = (path for path in ROOT.glob("docs/**/*.md") if path.parent != CALLS)
PAGES = sorted([*ROOT.glob("*.md"), *DOCS, *ROOT.glob("openapi/**/*.md"), *ROOT.glob("generated/pages/*.md")])
FIRST = {ROOT / "README.md"}
# What needs a port that a page prints.
_PORTS = re.compile(r"torus-connect login|wait_for_request_token|127\.0\.0\.1:|flask|uvicorn|redis-server")
_SANDBOX = re.compile(r"\$ torus-connect (sandbox(?! --help| --conformance)|login --sandbox)")
_LOGIN = re.compile(r"torus-connect login|wait_for_request_token")


@cache
def blocks_in(page: Path) -> list[Block]:
    return list(blocks_of(page))


def pages(which: Iterable[Path]) -> Iterator[object]:
    for page in which:
        blocks = blocks_in(page)
        if any(block.language in ("python", "console") for block in blocks):
            # `make test` follows what a newcomer reads first, `make docs` the tutorial and the guides.
            marks = [] if page in FIRST else [pytest.mark.site]
            if any("redis-server" in block.code for block in blocks):
                marks = [pytest.mark.redis]
            yield pytest.param(page, id=str(page.relative_to(ROOT)), marks=marks)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "page" in metafunc.fixturenames:
        # To read all of them takes long, and each worker would, for tests that are deselected.
        left_out = "not site" in metafunc.config.getoption("markexpr")
        metafunc.parametrize("page", list(pages(sorted(FIRST) if left_out else PAGES)))


@contextmanager
def ports_of_their_own() -> Iterator[None]:
    """Let one page at a time have the ports that are printed."""
    with (Path(tempfile.gettempdir()) / "torus-connect-pages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def see_free(port: int) -> None:
    """Fail where somebody else has the port: a page would be followed at their local Torus."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            pytest.fail(f"port {port} is taken: end the `torus-connect` that still runs, such as that of the tutorial")


def test_page(page: Path, tmp_path: Path) -> None:
    folder, code = tmp_path, "".join(block.code for block in blocks_in(page))
    if page.parent == PACK:  # it is read in a pack
        write_pack(folder / "pack")
        folder /= "pack"
    clock = WallClock()
    starts_its_own = _SANDBOX.search(code)
    with (
        ports_of_their_own() if _PORTS.search(code) else nullcontext(),
        nullcontext() if starts_its_own else sandbox_of_reader(clock) as sandbox,
        Reader(page, folder, sandbox, clock) as reader,
    ):
        if starts_its_own:
            see_free(8787)
        if _LOGIN.search(code):
            see_free(8788)
        for block in blocks_in(page):
            reader.follow(block)
        visits = reader.visited.read_text().splitlines() if reader.visited.exists() else []
    assert [visit for visit in visits if not visit.startswith("200 ")] == []


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(pytest.fail.Exception, match=f"port {port} is taken"):
            see_free(port)


def test_what_a_newcomer_reads_first_is_short() -> None:
    for page, lines in (("README.md", 150), ("CONTRIBUTING.md", 70)):
        assert len((ROOT / page).read_text().splitlines()) <= lines, page


@pytest.mark.site
def test_what_is_not_run_is_text() -> None:
    for page in PAGES:
        for block in blocks_in(page):
            assert block.language in ("python", "console", "text"), block.where


@pytest.mark.site
def test_the_links_within_the_repository_lead_somewhere() -> None:
    for page in PAGES:
        for block in MarkdownIt().parse(page.read_text()):
            for token in block.children or []:
                target = str(token.attrs.get("href") or token.attrs.get("src") or "https://")
                there = (
                    target in pack_files() if page.parent == PACK else (page.parent / target.partition("#")[0]).exists()
                )
                assert target.startswith(("https://", "#")) or there, (page, target)
