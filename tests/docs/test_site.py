"""The site that `make docs` built: every public name is in it, and every link within it leads somewhere."""

from __future__ import annotations

import json
import re
import zlib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import torus_connect
from torus_connect import spec_text
from torus_connect.cli._arguments import parser

ROOT = Path(__file__).parents[2]
SITE = ROOT / "dist" / "docs"
OF_THE_SANDBOX = {"/_sandbox/login"}  # the reference of the call shows this link where the sandbox serves it

pytestmark = pytest.mark.site


class Page(HTMLParser):
    """The anchors of a page, and what it links to, loads or embeds."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.targets: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its name is the base class's
        of = dict(attrs)
        self.anchors.update(of[name] or "" for name in ("id", "name") if name in of)
        self.targets += [of[name] or "" for name in ("href", "src") if name in of]


def inventory() -> set[str]:
    """Return the names of Python objects in `objects.inv`: four lines in the open, then lines that are compressed."""
    packed = (SITE / "objects.inv").read_bytes().split(b"\n", 4)[4]
    lines = (line.split() for line in zlib.decompress(packed).decode().splitlines())
    return {name for name, kind, *_ in lines if kind.startswith("py:")}


def test_every_public_name_is_documented() -> None:
    missing = {f"torus_connect.{name}" for name in torus_connect.__all__} - inventory()
    assert not missing


def test_every_method_of_the_clients_is_documented() -> None:
    public = {
        f"torus_connect.{face.__name__}.{name}"
        for face in (torus_connect.TorusConnect, torus_connect.AsyncTorusConnect, torus_connect.Session)
        for name in dir(face)
        if not name.startswith("_")
    }
    attributes = {f"torus_connect.Session.{name}" for name in ("access_token", "base_url", "day_ends", "issued_at")}
    assert not public - attributes - inventory()


def test_the_tree_of_the_errors_is_shown_and_no_private_base() -> None:
    errors, api = (SITE / "reference" / f"{name}.html" for name in ("errors", "python"))
    tree = errors.read_text(encoding="utf-8")
    public = [getattr(torus_connect, name) for name in torus_connect.__all__]
    kinds = [kind for kind in public if isinstance(kind, type) and issubclass(kind, torus_connect.TorusError)]
    assert tree.count("Bases:") == len(kinds)
    for page in (tree, api.read_text(encoding="utf-8")):
        bases = re.findall(r"Bases: .*", page)
        assert bases
        assert not re.search(r"\b_\w", re.sub(r"<[^>]*>", "", "".join(bases)))


def test_every_page_of_the_documentation_is_in_the_site() -> None:
    sources = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    assert sources
    assert not {page for page in sources if not (SITE / page).is_file()}


def test_the_reference_page_is_the_one_of_make_sdk() -> None:
    assert (SITE / "reference.html").read_bytes() == (ROOT / "generated" / "reference.html").read_bytes()
    assert "../reference.html" in Page(SITE / "reference" / "call.html").targets


def test_every_call_is_found_by_a_search_for_its_name() -> None:
    index = json.loads((SITE / "searchindex.js").read_text("utf-8").removeprefix("Search.setIndex(").removesuffix(")"))
    calls = {index["docnames"].index(page) for page in index["docnames"] if page.startswith("reference/calls/")}
    assert len(calls) >= 3
    titles = {title: {found[0] for found in places} for title, places in index["alltitles"].items()}
    paths = json.loads(spec_text("json"))["paths"].values()
    for summary in (operation["summary"] for item in paths for operation in item.values()):
        assert any(title.startswith(f"{summary}: ") and found <= calls for title, found in titles.items()), summary
    words = index["terms"] | index["titleterms"]
    for word in ("hold", "order", "fund"):  # as the search reduces a word to its stem
        found = words[word] if isinstance(words[word], list) else [words[word]]
        assert calls & set(found), word


def test_every_link_within_the_site_leads_somewhere() -> None:
    pages = {path.resolve(): Page(path) for path in SITE.rglob("*.html")}
    dead = []
    for path, page in pages.items():
        for target in page.targets:
            url = urlsplit(target)
            if url.scheme or url.netloc or target in OF_THE_SANDBOX:
                continue
            there = (path.parent / unquote(url.path)).resolve() if url.path else path
            known = pages.get(there)
            anchored = known is None or not url.fragment or unquote(url.fragment) in known.anchors
            if not there.is_file() or not anchored:
                dead.append((str(path.relative_to(SITE)), target))
    assert not dead


def test_the_landing_page_installs_and_logs_in_with_code_to_copy() -> None:
    page = (SITE / "index.html").read_text(encoding="utf-8")
    text = re.sub(r"<[^>]*>", "", page)
    assert text.index("pip install torus-connect") < text.index("torus.generate_session(request_token)")
    assert 'href="https://docs.torusdigital.com"' in page
    loaded = {urlsplit(target).path for target in Page(SITE / "index.html").targets}
    assert {"_static/copybutton.js", "_static/favicon.svg", "_static/site.css"} <= loaded


def test_every_option_of_every_command_is_shown() -> None:
    text = (SITE / "reference" / "options.html").read_text(encoding="utf-8")
    left = [parser()]
    while left:
        command = left.pop()
        left += () if command.prog.endswith(" call") else command.commands().values()
        assert f"usage: {command.prog}" in text
        assert not {word for word in command.words() if word.startswith("--") and word not in text}, command.prog


def test_a_language_model_finds_every_page() -> None:
    listed = set(re.findall(r"\(([\w/-]+\.html)\)", (SITE / "llms.txt").read_text(encoding="utf-8")))
    pages = {str(path.relative_to(SITE)) for path in SITE.rglob("*.html")}
    assert listed == pages - {"genindex.html", "reference.html", "search.html"}


def test_nothing_is_loaded_from_elsewhere() -> None:
    loaded = [
        (path.name, line)
        for path in SITE.rglob("*.html")
        for line in path.read_text(encoding="utf-8").splitlines()
        if any(mark in line for mark in ('src="http', 'src="//', "@import url(http"))
    ]
    assert not loaded
