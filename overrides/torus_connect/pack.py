"""The spec pack: the folder that teams who write other languages build, test and compare their clients with.

It holds the OpenAPI document in every form, the Arazzo document of the flow, the conformance vectors, a README, a
CHANGELOG, and the checksums of all of these. It is the same bytes wherever it is written.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKSUMS = "SHA256SUMS"

_PACKAGED = Path(__file__).parent / "openapi"
_CHECKOUT = Path(__file__).parents[2]
# In a wheel all of it lies inside the package; an editable install reads it from these folders of the checkout.
_PARTS = {
    "openapi": ("torus.yaml", "torus.arazzo.yaml", "sandbox.yaml", "conformance/*", "pack/*"),
    "generated": ("torus*.json", "torus*.yaml"),
    ".": ("LICENSE",),
}


class PackNotWritten(Exception):
    """There is no pack; the text says why."""


def pack_files() -> dict[str, Path]:
    """Return where the files of the pack lie, by their names in the pack, sorted. The checksums are not among them."""
    found = dict(_found())
    return {name: found[name] for name in sorted(found)}


def _found() -> Iterator[tuple[str, Path]]:
    for source, patterns in _PARTS.items():
        folder = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT / source
        for path in (path for pattern in patterns for path in folder.glob(pattern)):
            yield path.relative_to(folder).as_posix().removeprefix("pack/"), path


def write_pack(folder: Path) -> None:
    """Write the pack to a new folder: all of it, or nothing.

    Args:
        folder: what is to hold it; its parent is there, and it is not.

    Raises:
        PackNotWritten: there is something of that name, or it cannot be written. The message does not repeat it.
    """
    try:
        if os.path.lexists(folder):
            raise PackNotWritten("the folder for the pack is there already: name a new one")
        # Beside its place, so that a rename is enough: an interrupt or a full disk leaves nothing of that name.
        with TemporaryDirectory(dir=folder.parent, prefix=".torus-pack-") as staging:
            _fill(Path(staging, "pack"))
            Path(staging, "pack").rename(folder)
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "it is no path"
    else:
        return
    raise PackNotWritten(f"the folder for the pack cannot be made: {why}")


def _fill(folder: Path) -> None:
    folder.mkdir()
    sums = []
    for name, source in pack_files().items():
        content = source.read_bytes()
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
        sums.append(f"{sha256(content).hexdigest()}  {name}\n")
    (folder / CHECKSUMS).write_text("".join(sums), encoding="ascii", newline="\n")
