"""Write generated/ from the spec, or check that it is what the spec gives; behind `make sdk` and `make check-sdk`.

The output is a function of the spec, the generator's configuration and templates, what derives the other forms of the
spec (derive.py), the samples (code_samples/), the reference page (reference_page/) and the pages of the site
(tag_pages.py), and the pinned versions. PROVENANCE.json records these and the output's own digest, so that an output
which is up to date is known by its bytes.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import importlib.metadata
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from code_samples import collections, programs, with_samples
from derive import BUNDLED, DOCUMENT, DerivationError, as_both, documents
from replace import INTERRUPTS, alone_with, replacement
from tag_pages import tag_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derive import Document

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "requirements" / "dev.in"
GENERATOR, FORMATTER, WRITER = "openapi-python-client", "ruff", "ruamel.yaml"
PROVENANCE, PAGE = "PROVENANCE.json", "reference.html"
TRANSLATORS = (
    "derive.py",
    "edition31.py",
    "facts.py",
    "generator.py",
    "printed.py",
    "tag_pages.py",
)  # of this folder: the output depends on them
REFUSED = 3  # the exit code of generator.py where the spec is refused
PAGE_MAKERS = ("jinja2", "markdown-it-py", "pygments")
PAGE_SOURCE = ROOT / "tools" / "reference_page"
SAMPLES_SOURCE = ROOT / "tools" / "code_samples"


class GenerationError(Exception):
    """Why nothing was written; its text is all that the maintainer sees."""


@dataclass(frozen=True)
class Inputs:
    """The files that the output is made from."""

    spec: Path
    config: Path
    templates: Path

    def record(self) -> dict[str, object]:
        """Return what PROVENANCE.json says of the inputs: no path, no time, no fact about the machine."""
        return {
            "config_sha256": sha256(self.config),
            "page_sha256": {name: sha256(path) for name, path in files(PAGE_SOURCE).items()},
            "samples_sha256": {name: sha256(path) for name, path in files(SAMPLES_SOURCE).items()},
            "spec_sha256": sha256(self.spec),
            "derivation_sha256": {name: sha256(Path(__file__).with_name(name)) for name in TRANSLATORS},
            "templates_sha256": {name: sha256(path) for name, path in files(self.templates).items()},
            "versions": {tool: pinned_version(tool) for tool in (GENERATOR, FORMATTER, WRITER, *PAGE_MAKERS)},
        }


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files(folder: Path) -> dict[str, Path]:
    """Return the files under a folder by relative name, sorted; none if there is no folder. Bytecode does not count."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: found[name] for name in sorted(found) if "__pycache__" not in name.split("/")}


def pinned_version(tool: str) -> str:
    """Return the version of a tool that is both pinned and installed: another one would give another output."""
    pins = PINS.relative_to(ROOT)
    pin = re.search(rf"^{tool}==([^\s;#]+)", PINS.read_text(encoding="utf-8"), re.MULTILINE)
    if not pin:
        raise GenerationError(f"{pins} does not pin {tool} with `==`")
    try:
        installed = importlib.metadata.version(tool)
    except importlib.metadata.PackageNotFoundError:
        raise GenerationError(f"{tool} is not installed: pip install -r {pins}") from None
    if installed != pin[1]:
        raise GenerationError(f"{tool} {installed} is installed, {pin[1]} is pinned: pip install -r {pins}")
    return installed


def provenance(record: dict[str, object], folder: Path) -> bytes:
    """Return the PROVENANCE.json that belongs to these inputs and to what is in the folder."""
    listing = "".join(f"{sha256(path)}  {name}\n" for name, path in files(folder).items() if name != PROVENANCE)
    record = record | {"output_sha256": hashlib.sha256(listing.encode()).hexdigest()}
    return (json.dumps(record, indent=2, sort_keys=True) + "\n").encode()


def page_of(document: Document) -> str:
    """Return the reference page of the spec."""
    from reference_page import reference_page  # noqa: PLC0415 - once its libraries have been found

    try:
        return reference_page(document)
    except ValueError as error:
        raise GenerationError(str(error)) from None


def run_generator(inputs: Inputs, folder: Path) -> None:
    """Let the generator write its package into an empty folder; any warning is a failure."""
    tools = Path(sys.executable).parent  # first on PATH: the pinned ruff is here, and no other must be found
    if not (tools / FORMATTER).is_file():
        raise GenerationError(f"there is no {FORMATTER} beside {sys.executable}: the output would not be formatted")
    generator = Path(__file__).with_name("generator.py")
    command = [sys.executable, str(generator), "generate", "--meta", "none", "--fail-on-warning"]
    command += ["--path", str(inputs.spec), "--config", str(inputs.config)]
    command += ["--custom-template-path", str(inputs.templates)]
    environment = os.environ | {
        "PATH": os.pathsep.join([str(tools), os.environ.get("PATH", os.defpath)]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",  # the order of a set must not reach the output
        "PYTHONUTF8": "1",
        "TYPER_STANDARD_TRACEBACK": "1",
    }
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,  # a process group of its own, so that an interrupt ends its ruff with it
        close_fds=False,  # it inherits the lock: see `alone_with`
    ) as process:
        try:
            _, said = process.communicate()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode == REFUSED:
        raise GenerationError(f"{inputs.spec.name}: {said.strip()}")
    if process.returncode:
        # Of a crash only the exception is of use: what precedes it is the generator's own stack.
        said = re.sub(r"^.*Traceback \(.*?\n(?=\S)", "", said, flags=re.DOTALL).strip()
        raise GenerationError(f"the generator failed, and nothing was written\n\n{said}")


def build(inputs: Inputs, folder: Path) -> None:
    """Make the whole output in a new folder."""
    record, derived = inputs.record(), documents(inputs.spec)
    folder.mkdir()
    run_generator(inputs, folder)
    (package,) = folder.iterdir()  # its name is written in the generator's configuration, and only there
    (package / "py.typed").touch()
    document = json.loads(derived[BUNDLED])
    samples = programs(document)
    with_them = with_samples(document, samples)
    derived |= as_both("torus.bundled", with_them) | {f"samples/{each.file}": each.source for each in samples}
    derived |= {f"pages/{name}": text for name, text in tag_pages(document).items()} | collections(document)
    derived[PAGE] = page_of(with_them)
    for name, text in derived.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    if inputs.record() != record:
        raise GenerationError("an input was changed meanwhile, and nothing was written: run it again")
    (folder / PROVENANCE).write_bytes(provenance(record, folder))


def is_up_to_date(inputs: Inputs, output: Path) -> bool:
    """Tell, without running the generator, whether these inputs gave this output and nobody has touched it since."""
    written = output / PROVENANCE
    return written.is_file() and written.read_bytes() == provenance(inputs.record(), output)


def write(inputs: Inputs, output: Path, *, force: bool) -> None:
    """Bring the output up to date, from an empty folder."""
    with alone_with(output):
        if not force and is_up_to_date(inputs, output):
            print(f"{output.name}/ is up to date")
            return
        present = {path.name for path in output.iterdir()} if output.exists() else set()
        if present and present.isdisjoint({DOCUMENT, PROVENANCE}):
            raise GenerationError(f"{output} was not written by this tool, and will not be replaced")
        with replacement(output) as new:
            build(inputs, new)
    print(f"{output.name}/ is written")


def differences(output: Path, fresh: Path) -> Iterator[str]:
    """Yield what must change for the output to be what the spec gives, line by line."""
    have, want = files(output), files(fresh)
    for name in sorted(have.keys() | want.keys()):
        label = f"{output.name}/{name}"
        if name not in have:
            yield f"missing: {label}"
        elif name not in want:
            yield f"extra: {label}"
        elif have[name].read_bytes() != want[name].read_bytes():
            yield f"changed: {label}"
            before, after = (path.read_text("utf-8", "replace").splitlines() for path in (have[name], want[name]))
            yield from difflib.unified_diff(before, after, label, f"{label}, as the spec gives it", lineterm="")


def check(inputs: Inputs, output: Path) -> bool:
    """Generate elsewhere, print what differs, and tell whether nothing does."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as elsewhere:
        build(inputs, Path(elsewhere, "new"))
        found = list(differences(output, Path(elsewhere, "new")))
    verdict = "is not what the spec gives: run `make sdk` and commit the result" if found else "is what the spec gives"
    print(*found, f"{output.name}/ {verdict}", sep="\n")
    return not found


def interrupted(number: int, _frame: object) -> NoReturn:
    """End by way of every `finally`, with the exit code that a shell gives for the signal."""
    raise SystemExit(128 + number)


def main() -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(description="Write the generated client from the spec, or check it.")
    parser.add_argument("--spec", type=Path, default=ROOT / "openapi" / "torus.yaml")
    parser.add_argument("--config", type=Path, default=ROOT / "generator-config.yml")
    parser.add_argument("--templates", type=Path, default=ROOT / "overrides" / "templates")
    parser.add_argument("--output", type=Path, default=ROOT / "generated")
    parser.add_argument("--check", action="store_true", help="write nothing; print the difference and exit 1 if any")
    parser.add_argument("--force", action="store_true", help="generate even if the output is up to date")
    arguments = parser.parse_args()
    inputs = Inputs(*(path.resolve() for path in (arguments.spec, arguments.config, arguments.templates)))
    for number in INTERRUPTS:
        signal.signal(number, interrupted)
    try:
        if arguments.check:
            return 0 if check(inputs, arguments.output.resolve()) else 1
        write(inputs, arguments.output.resolve(), force=arguments.force)
    except (GenerationError, DerivationError, OSError) as error:
        print(f"{Path(__file__).name}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
