"""The clients in other languages: how each is built, and the command that it is then."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "interop"
MAVEN = "maven/pom.xml"

Command = tuple[str, ...]


@dataclass(frozen=True)
class Pin:
    """Where the version of a generator is pinned: a file under interop/, and what precedes the version in it."""

    file: str
    before: str

    def version(self) -> str:
        """Return the version; `LookupError` where the file does not pin one."""
        found = re.search(self.before + r'[\s"]*v?(\d[^\s"<]*)', (FOLDER / self.file).read_text(encoding="utf-8"))
        if not found:
            raise LookupError(f"interop/{self.file} pins no version after {self.before!r}")
        return found[1]


@dataclass(frozen=True)
class Client:
    """One row of the table.

    Attributes:
        name: what the table and `make interop ONLY=` call it.
        folder: its folder under interop/.
        tools: the programs that must be there.
        steps: the commands that generate, build and test it, run in its folder; none where there is nothing to build.
        command: the client under test, run in its folder.
        made_by: who wrote the client, with braces for the version.
        pin: where that version is pinned.
        shares: what it needs from beside its folder.
    """

    name: str
    folder: str
    tools: Command
    steps: tuple[Command, ...]
    command: Command
    made_by: str
    pin: Pin | None = None
    shares: Command = ()

    @property
    def path(self) -> Path:
        """Its folder."""
        return FOLDER / self.folder

    @property
    def generator(self) -> str:
        """Who wrote the client, with the version."""
        return self.made_by.format(self.pin.version()) if self.pin else self.made_by


def _go(folder: str, *, tools: Command = (), made_by: str, pin: Pin, shares: Command = ()) -> Client:
    steps = (
        ("go", "generate", "./..."),
        ("go", "build", "-o", "bin/", "./..."),
        ("go", "vet", "."),
        ("go", "test", "./..."),
    )
    return Client(folder, folder, ("go", *tools), steps, (f"bin/{folder}",), made_by, pin, shares)


def _java(folder: str, *, made_by: str, pin: Pin) -> Client:
    # What makes a start quick: no compiler for long runs, no threads to collect garbage.
    java = ("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", "target/classes:target/lib/*")
    steps = (("mvn", "-q", "-B", "clean", "test"),)
    return Client(folder, folder, ("java", "javac", "mvn"), steps, (*java, "interop.Main"), made_by, pin, (MAVEN,))


_OPENAPI_GENERATOR = Pin(MAVEN, "openapi-generator-maven-plugin</artifactId>\\s*<version>")
_OPENAPI_TYPESCRIPT = Pin("typescript/package.json", '"openapi-typescript":')
_NPM_STEPS = (("npm", "ci", "--no-progress"), ("npm", "run", "generate"), ("npm", "test"))

CLIENTS = (
    Client("curl", "curl", ("curl", "jq", "iconv"), (), ("./trade.sh",), "curl and jq, by hand"),
    _go(
        "go-oapi-codegen", made_by="oapi-codegen {}", pin=Pin("go-oapi-codegen/go.mod", "oapi-codegen/oapi-codegen/v2")
    ),
    _go(
        "go-openapi-generator",
        tools=("java", "mvn"),
        made_by="OpenAPI Generator {} `go`",
        pin=_OPENAPI_GENERATOR,
        shares=(MAVEN,),
    ),
    _java("java-openapi-generator", made_by="OpenAPI Generator {} `java`, `native`", pin=_OPENAPI_GENERATOR),
    _java(
        "java-swagger-codegen",
        made_by="Swagger Codegen {} `java`",
        pin=Pin(MAVEN, "swagger-codegen-maven-plugin</artifactId>\\s*<version>"),
    ),
    Client(
        "rust",
        "rust",
        ("cargo", "cc", "java", "mvn"),
        (("mvn", "-q", "-B", "generate-sources"), ("cargo", "build"), ("cargo", "test")),
        ("target/debug/interop-rust",),
        "OpenAPI Generator {} `rust`",
        _OPENAPI_GENERATOR,
        (MAVEN,),
    ),
    Client(
        "typescript-node",
        "typescript",
        ("node", "npm"),
        _NPM_STEPS,
        ("node", "build/node.mjs"),
        "openapi-typescript {} and openapi-fetch",
        _OPENAPI_TYPESCRIPT,
    ),
    Client(
        "typescript-browser",
        "typescript",
        ("node", "npm", "chromium"),
        _NPM_STEPS,
        ("node", "build/browser.mjs"),
        "openapi-typescript {} and openapi-fetch, in Chromium",
        _OPENAPI_TYPESCRIPT,
    ),
)
