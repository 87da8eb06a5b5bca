"""What the templates of the generated package print: arguments, calls and models, ready as Python."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Node = dict[str, Any]

WIDTH = 116


def literal(value: object) -> str:
    """Return a value as Python writes it, which ruff formats."""
    return ascii(value)


def docstring(text: str, indent: int) -> str:
    """Return text as a docstring; its lines fit where it is indented, lists and paragraphs stay what they are."""
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').strip()
    lines: list[str] = []
    for line in text.splitlines():
        margin = " " * (len(line) - len(line.lstrip()))
        hang = margin + ("  " if line.lstrip().startswith("- ") else "    " if re.match(r" +\w+: ", line) else "")
        wrapped = textwrap.wrap(
            line, WIDTH - indent, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
        )
        lines += wrapped or [""]
    if len(lines) == 1 and not lines[0].endswith('"'):
        return f'"""{lines[0]}"""'
    return '"""' + "\n".join((" " * indent + line).rstrip() for line in lines)[indent:] + f'\n{" " * indent}"""'


def described(node: Node) -> str:
    """Return what the spec says of something, with its evidence where that is not the documentation."""
    text = str(node.get("description", "")).strip()
    parts = [text] if text else []
    if node.get("x-evidence", "documented") != "documented":
        parts.append(f"({node['x-evidence']})")
    inferred = node.get("x-evidence-inferred", [])
    if inferred:
        parts.append("Inferred: " + " ".join(inferred))
    return " ".join(parts)


@dataclass(frozen=True)
class Typed:
    """A type, and the code that reads a value (`{}`) of it."""

    type: str
    reader: str
    is_model: bool = False

    @property
    def function(self) -> str:
        """Return the reader as a function."""
        simple = re.fullmatch(r"(read\.\w+)\(\{\}\)", self.reader)
        if simple:
            return simple[1]
        return "read.anything" if self.reader == "{}" else f"lambda value: {self.reader.format('value')}"


@dataclass(frozen=True)
class Value:
    """An argument of a call, or a field of a model."""

    name: str
    wire: str
    type: str
    about: str
    place: str = "body"
    default: str | None = None
    reader: str = ""
    hidden: bool = False
    required: bool = True

    @property
    def declaration(self) -> str:
        """Return it as it stands among arguments, or in a class."""
        if self.hidden and self.place == "model":
            default = f"default={self.default}, " if self.default else ""
            return f"{self.name}: {self.type} = attrs.field({default}repr=False)"
        return f"{self.name}: {self.type}" + (f" = {self.default}" if self.default else "")

    @property
    def pair(self) -> str:
        """Return it as a pair of its name on the wire and its value."""
        return f"({literal(self.wire)}, {self.name})"

    @property
    def passed(self) -> str:
        """Return it as it is handed on."""
        return f"{self.name}={self.name}"


@dataclass
class Call:
    """An operation, as the templates print it."""

    id: str
    name: str
    method: str
    path: str
    summary: str
    about: str
    facts: dict[str, object]
    parameters: list[Value] = field(default_factory=list)
    body: list[Value] = field(default_factory=list)
    from_trading: list[tuple[str, ...]] = field(default_factory=list)
    json_body: str = ""
    body_model: str = ""
    result: str = "None"
    readers: list[str] = field(default_factory=list)
    reads: bool = True
    read_alone: list[Value] = field(default_factory=list)
    modules: Mapping[str, str] = field(default_factory=dict)

    def at(self, place: str) -> list[Value]:
        """Return the parameters of a place: path, query, header."""
        return [each for each in self.parameters if each.place == place]

    @property
    def arguments(self) -> list[Value]:
        """Return all arguments, the body's fields among them; what has a default comes last."""
        return sorted([*self.parameters, *self.body], key=lambda each: each.default is not None)

    @property
    def module_arguments(self) -> list[Value]:
        """Return the arguments of `request`, which takes the body whole."""
        whole = Value("body", "", f"{self.body_model} | Mapping[str, object]", "")
        given = [*self.parameters, *([whole] if self.json_body else [])]
        return sorted(given, key=lambda each: each.default is not None)

    @property
    def has_optional(self) -> bool:
        """Tell whether a default is `UNSET`."""
        return any(each.default == "UNSET" for each in self.arguments)

    @property
    def secrets_imported(self) -> bool:
        """Tell whether a field that is read alone is a secret."""
        return any(each.type == "Secret" for each in self.read_alone)

    @property
    def path_code(self) -> str:
        """Return the code that formats the path."""
        code = literal(self.path)
        for each in self.at("path"):
            code = code.replace(f"{{{each.wire}}}", f"{{_segment({literal(each.name)}, {each.name})}}")
        return f"f{code}" if self.at("path") else code

    @property
    def documentation(self) -> str:
        """Return the docstring of the method."""
        parts = (self.summary, self.about, self.described(self.arguments))
        return "\n\n".join(part for part in parts if part)

    @staticmethod
    def described(values: Iterable[Value]) -> str:
        """Return the part of a docstring that describes arguments."""
        lines = [f"    {each.name}: {' '.join(each.about.split())}" for each in values if each.about]
        return "\n".join(["Args:", *lines]) if lines else ""

    def imports(self, *, whole: bool) -> list[str]:
        """Return what type checkers need: where the body is an argument, or where its fields are."""
        types = (
            [self.result, self.body_model, *(each.type for each in self.arguments)]
            if whole
            else [self.result, *(each.type for each in self.arguments)]
        )
        return imports_of_types(" ".join(types), "...", self.modules)


def imports_of_types(types: str, prefix: str, modules: Mapping[str, str]) -> list[str]:
    """Return the imports of what type expressions name: `modules` says where the models are."""
    places = {
        "Decimal": "from decimal import Decimal",
        "dt": "import datetime as dt",
        "Literal": "from typing import Literal",
        "Rows": f"from {prefix}reading import Rows",
        "Secret": f"from {prefix}types import Secret",
        "Unset": f"from {prefix}types import Unset",
    }
    places |= {name: f"from {prefix}models.{module} import {name}" for name, module in modules.items()}
    words = set(re.findall(r"\w+", types))
    return [line for name, line in places.items() if name in words]


def imports_of(calls: Iterable[Call]) -> list[str]:
    """Return what type checkers need for the methods of a tag."""
    return sorted({line for call in calls for line in call.imports(whole=False)})


@dataclass
class Shape:
    """A model, as its template prints it."""

    name: str
    summary: str
    documentation: str
    is_reply: bool
    fields: list[Value]
    imports: list[str]
    required: bool
