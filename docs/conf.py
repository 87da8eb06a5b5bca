"""How Sphinx builds the site: `make docs`. Every warning is an error, and every name that is linked must be there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from torus_connect import __version__
from torus_connect.cli._arguments import parser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

    from torus_connect.cli._parser import Parser

os.environ["COLUMNS"] = "100"  # of what argparse writes

PAGES = Path(__file__).parents[1] / "generated" / "pages"
MODELS = sorted((Path(__file__).parents[1] / "generated" / "torus_connect_api" / "models").glob("[a-z]*.py"))

project = "torus-connect"
author = "The maintainers of torus-connect"
copyright = author  # noqa: A001 - Sphinx's own name for it
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns = ["images"]
suppress_warnings = ["myst.header"]  # a part of SECURITY may begin at its third level
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
copybutton_prompt_text = "$ "  # it is not copied, and of a console block only the lines that begin so are
myst_heading_anchors = 3

# Docstrings are written with single backticks around code.
default_role = "code"
autoclass_content = "class"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True}
napoleon_numpy_docstring = False
napoleon_use_ivar = True

nitpicky = True
# Names of the standard library and other packages (nothing is fetched to build the site), and what is not public.
nitpick_ignore_regex = [
    ("py:.*", r"(builtins|collections|datetime|decimal|dt|enum|httpx|ssl|str|torus_connect_api|typing)(\..*)?"),
    ("py:.*", r"torus_connect\.(auth|client|network|sandbox\.handle|spec|stores)\..*"),
    ("py:class", r"torus_connect\.secret\.Fixed"),
    ("py:class", r"(Async)?(ConnectionPool|Login|Market|SessionStore)"),
    ("py:class", r"Callable(\[\[\])?|Digest|Fault|Hook|Number|Operation|Path|PathLike|Request|Row|SessionAuth|T|Unset"),
    ("py:class", "Decimal"),
    ("py:class", "|".join(each.stem.title().replace("_", "") for each in MODELS)),
]

html_theme = "furo"
html_title = f"torus-connect {release}"
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_css_files = ["site.css"]
html_extra_path = ["../generated/reference.html"]
html_copy_source = False
html_show_sphinx = False


def setup(app: Sphinx) -> None:
    """Copy the pages of the calls to where Sphinx looks, and have attributes documented as they are written."""
    shutil.copytree(PAGES, Path(app.srcdir) / "reference" / "calls", dirs_exist_ok=True)
    options = "\n".join(_options(parser()))
    Path(app.srcdir, "reference", "options.md").write_text(f"# Every option\n\n{options}", encoding="utf-8")
    app.connect("build-finished", _write_llms_txt)
    app.connect("autodoc-process-docstring", _no_type_in_front, priority=400)  # before napoleon, whose priority is 500


def _no_type_in_front(_app: Sphinx, what: str, _name: str, _it: object, _options: object, lines: list[str]) -> None:
    # Napoleon takes words before a colon in the first line for the type of an attribute; this one is an empty comment.
    if what in {"attribute", "data", "property"}:
        lines[:0] = ["..", ""]


def _options(command: Parser) -> Iterator[str]:
    """Yield what `--help` says of a command and of those below it; the calls of the API have pages of their own."""
    commands = command.commands().values()  # first: a parser is filled when it is asked for them
    yield f"## {command.prog}\n\n```text\n{command.format_help()}```\n"
    for below in () if command.prog.endswith(" call") else commands:
        yield from _options(below)


def _write_llms_txt(app: Sphinx, failure: Exception | None) -> None:
    """List the pages for language models: https://llmstxt.org."""
    if failure is None and app.builder.format == "html":
        pages = [f"- [{app.env.titles[name].astext()}]({name}.html)" for name in sorted(app.env.found_docs)]
        head = "# torus-connect\n\n> The Python SDK for the Torus Digital Open API.\n\n"
        Path(app.outdir, "llms.txt").write_text(head + "## Pages\n\n" + "\n".join(pages) + "\n", encoding="utf-8")
