"""The programs: the templates in templates/, one a language, and how each language writes a value."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .calls import Variable, calls, operations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jinja2 import Environment

    from .calls import Node

TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Language:
    """A language.

    Attributes:
        label: its name.
        name: as `x-codeSamples` has it.
        template: the file of the template.
        file: the name of a program, by the words of its call.
        everywhere: whether every call has a program in it, and not only what gives a token and what is read first.
    """

    label: str
    name: str
    template: str
    file: Callable[[list[str]], str]
    everywhere: bool = False


LANGUAGES = (
    Language("curl", "Shell", "curl.sh.jinja", lambda words: "-".join(words) + ".sh", everywhere=True),
    Language("Python", "Python", "python.py.jinja", lambda words: "_".join(words) + ".py", everywhere=True),
    Language("Go", "Go", "go.go.jinja", lambda words: "_".join(words) + ".go"),
    Language("Java", "Java", "java.java.jinja", lambda words: "".join(map(str.capitalize, words)) + ".java"),
    Language("JavaScript", "JavaScript", "javascript.mjs.jinja", lambda words: "-".join(words) + ".mjs"),
)


@dataclass(frozen=True)
class Program:
    """One program.

    Attributes:
        call: the operationId.
        language: what it is written in.
        file: its name.
        source: its text.
    """

    call: str
    language: Language
    file: str
    source: str


def _environment() -> Environment:
    # Here and not above: tools/sdk.py looks whether it is the pinned one.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - these are no pages; each value goes through the filter of its language
    )
    environment.filters |= {
        "json": json.dumps,
        "shell": shell,
        "shell_json": shell_json,
        "python": python,
        "go": go,
        "go_json": go_json,
        "java_json": java_json,
        "javascript": javascript,
        "environment": lambda name: "{{process.env." + name + "}}",
        "placeholders": placeholders,
    }
    return environment


def programs(document: Node) -> list[Program]:
    """Return the programs for all calls of the spec, by call, and by language within."""
    environment = _environment()
    known = calls(document)
    first = next((call.id for call in known if call.bearer), "")
    found = []
    for call in known:
        for language in LANGUAGES:
            if language.everywhere or call.secret or call.id == first:
                file = language.file(call.python_id.strip("_").split("_"))
                source = environment.get_template(language.template).render(call=call, file=file)
                found.append(Program(call.id, language, file, source))
    return found


def collections(document: Node) -> dict[str, str]:
    """Return the calls for HTTP clients, by the names of the files: one for editors, and a folder for Bruno."""
    environment, known = _environment(), calls(document)
    title, version = document["info"]["title"], document["info"]["version"]
    variables = dict.fromkeys([*(call.base for call in known), *(name for call in known for name in call.variables)])
    template = environment.get_template("torus.http.jinja")
    bruno = {"version": "1", "name": title, "type": "collection", "ignore": []}
    files = {
        "torus.http": template.render(title=title, version=version, variables=variables, calls=known),
        "bruno/bruno.json": json.dumps(bruno, indent=2) + "\n",
    }
    template = environment.get_template("call.bru.jinja")
    return files | {
        f"bruno/{call.id}.bru": template.render(call=call, number=number) for number, call in enumerate(known, start=1)
    }


def with_samples(document: Node, found: Iterable[Program]) -> Node:
    """Return a copy of the document with the programs in it, as `x-codeSamples`, for what renders these."""
    document = copy.deepcopy(document)
    nodes = operations(document)
    for program in found:
        sample = {"lang": program.language.name, "label": program.language.label, "source": program.source}
        nodes[program.call].setdefault("x-codeSamples", []).append(sample)
    return document


# How each language writes a value, and a body with variables in it.


def shell(text: str) -> str:
    """Return text as one word of a shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def shell_json(body: Any) -> str:  # noqa: ANN401 - any JSON
    """Return a body as one word of a shell, in which the function `quoted` makes JSON of a variable."""
    pieces = _pieces(body)
    if len(pieces) == 1:
        return shell(pieces[0])
    quoted = [re.sub(r'([\\"$`])', r"\\\1", piece) for piece in pieces]
    return '"' + "".join(f'$(quoted "${piece}")' if at % 2 else quoted[at] for at, piece in enumerate(pieces)) + '"'


def python(value: Any) -> str:  # noqa: ANN401 - any JSON
    """Return a value as Python writes it."""
    if isinstance(value, Variable):
        return f'os.environ.get("{value}", "")'
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def go(text: str) -> str:
    """Return text as a string of Go."""
    return json.dumps(text) if "`" in text else f"`{text}`"


def go_json(value: Any) -> str:  # noqa: ANN401 - any JSON
    """Return a body as Go writes it."""
    if isinstance(value, Variable):
        return f'os.Getenv("{value}")'
    if isinstance(value, dict):
        return "map[string]any{" + ", ".join(f"{json.dumps(key)}: {go_json(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[]any{" + ", ".join(map(go_json, value)) + "}"
    return "nil" if value is None else json.dumps(value)


def java_json(body: Any) -> str:  # noqa: ANN401 - any JSON
    """Return a body as Java puts it together, where the function `quoted` makes JSON of a text."""
    pieces = _pieces(body)
    written = [f'quoted(value("{piece}"))' if at % 2 else json.dumps(piece) for at, piece in enumerate(pieces) if piece]
    return "\n                + ".join(written)


def javascript(value: Any) -> str:  # noqa: ANN401 - any JSON
    """Return a value as JavaScript writes it."""
    if isinstance(value, Variable):
        return str(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)}: {javascript(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(javascript, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def placeholders(body: Any, prefix: str = "") -> str:  # noqa: ANN401 - any JSON
    """Return a body as JSON, with `{{NAME}}` for a variable."""
    return json.dumps(_marked(body, "{{" + prefix, "}}"), indent=2, ensure_ascii=False)


def _marked(node: Any, before: str, after: str) -> Any:  # noqa: ANN401 - any JSON
    """Return a body with its variables between two marks."""
    if isinstance(node, dict):
        return {key: _marked(each, before, after) for key, each in node.items()}
    if isinstance(node, list):
        return [_marked(each, before, after) for each in node]
    return f"{before}{node}{after}" if isinstance(node, Variable) else node


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_$][\w$]*", name) else json.dumps(name)


def _pieces(body: Any) -> list[str]:  # noqa: ANN401 - any JSON
    """Return the JSON of a body in pieces: text, the name of a variable, text, ..."""
    text = json.dumps(_marked(body, "\ue000", "\ue000"), ensure_ascii=False, separators=(",", ":"))
    return re.split('"?\ue000"?', text)
