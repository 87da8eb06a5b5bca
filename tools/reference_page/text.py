"""What is text in the spec, as HTML: descriptions in Markdown, and code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markupsafe import Markup, escape
from pygments import lex
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Literal, Name, String
from pygments.util import ClassNotFound

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from markdown_it.token import Token

# The first that a token's type is in decides; what is in none has the colour of plain text.
_CLASSES = (
    (Comment, "c"),
    (String, "s"),
    (Literal, "n"),
    (Keyword, "k"),
    (Name.Tag, "t"),  # the names in JSON
    (Name.Function, "f"),
    (Name.Class, "f"),
    (Name.Builtin, "f"),
)
_LEXERS = {"curl": "bash", "node": "javascript", "node.js": "javascript"}


def markdown(text: str, *, below: int, levels: Collection[str]) -> Markup:
    """Return Markdown as HTML. HTML in it is text.

    Args:
        text: the Markdown, CommonMark.
        below: the level of the heading above it; its own headings begin one level deeper, wherever they begin.
        levels: the evidence marks; one that stands there as code becomes a badge.
    """
    parser = MarkdownIt("commonmark", {"html": False})
    tokens = parser.parse(text)
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    top = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) - top + below + 1, 6)}"
    _mark_levels(tokens, levels)
    return Markup(parser.renderer.render(tokens, parser.options, {}))  # noqa: S704 - rendered without raw HTML


def _mark_levels(tokens: Sequence[Token], levels: Collection[str]) -> None:
    for token in tokens:
        _mark_levels(token.children or [], levels)
        if token.type == "code_inline" and token.content in levels:
            token.attrs["class"] = f"badge {token.content}"


def highlight(code: str, language: str) -> Markup:
    """Return code as HTML, its parts in `span`s of one-letter classes. An unknown language is plain text."""
    language = language.lower()
    try:
        lexer = get_lexer_by_name(_LEXERS.get(language, language), stripnl=False)
    except ClassNotFound:
        return escape(code)
    parts: list[Markup] = []
    for kind, text in lex(code.rstrip("\n"), lexer):
        name = next((name for group, name in _CLASSES if kind in group), "")
        parts.append(Markup('<span class="{}">{}</span>').format(name, text) if name else escape(text))
    return Markup("").join(parts)
