"""The spec pack: the folder that teams who write other languages build, test and compare their clients with.

It holds the OpenAPI document in every form, the Arazzo document of the flow, the conformance vectors, a README, a
CHANGELOG, and the checksums of all of these. It is the same bytes wherever it is written.
"""

from __future__ import annotations

import os
from hashlib import sha256
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from torus_connect.errors import ConfigurationError

from .documents import documents

CHECKSUMS = "SHA256SUMS"


class PackNotWritten(ConfigurationError):
    """There is no pack; the text says why."""

    next_step: ClassVar[str | None] = "Nothing was written."


def pack_files() -> dict[str, Traversable]:
    """Return the files of the pack, by their names in it, sorted. The checksums are not among them.

    Raises:
        DocumentsMissing: they were not packed along with the code.
    """
    return {name: file for name, file in sorted(documents().items()) if name != "reference.html"}


def write_pack(folder: Path) -> None:
    """Write the pack to a new folder: all of it, or nothing.

    Args:
        folder: what is to hold it; its parent is there, and it is not.

    Raises:
        PackNotWritten: there is something of that name, or it cannot be written. The message does not repeat it.
        DocumentsMissing: there is nothing to write.
    """
    contents = pack_files()
    if os.path.lexists(folder):
        raise PackNotWritten("the folder for the pack is there already: name a new one")
    try:
        # Beside its folder, so that a rename is enough: an interrupt or a full disk leaves nothing of that name.
        with TemporaryDirectory(dir=folder.parent, prefix=".torus-pack-") as staging:
            _fill(Path(staging, "pack"), contents)
            Path(staging, "pack").rename(folder)
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "it is no path"
        raise PackNotWritten(f"the folder for the pack cannot be made: {why}") from None


def _fill(folder: Path, contents: dict[str, Traversable]) -> None:
    folder.mkdir()
    sums = []
    for name, source in contents.items():
        content = source.read_bytes()
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
        sums.append(f"{sha256(content).hexdigest()}  {name}\n")
    (folder / CHECKSUMS).write_text("".join(sums), encoding="ascii", newline="\n")
