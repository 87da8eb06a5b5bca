"""Draw what imports what in `torus_connect`, for docs/explanation/architecture.md; `make docs` does it.

The rows are the layers that import-linter checks (pyproject.toml), the arrows the imports found in the code. One
that follows from others is left out: where A imports B, and B imports C, it is not drawn that A imports C, too.
"""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from xml.sax.saxutils import escape

import grimp

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "torus_connect"
WIDTH, ROW, BOX, HEIGHT = 760, 64, 150, 34
STYLE = """
text { font: 14px ui-monospace, monospace; text-anchor: middle; fill: #1f2328 }
rect { fill: #eef2f7; stroke: #57606a; rx: 6px }
path { fill: none; stroke: #57606a; stroke-width: 1.2; marker-end: url(#arrow) }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } rect { fill: #22272e; stroke: #8b949e } path { stroke: #8b949e }
}
"""


def layers() -> list[list[str]]:
    """Return the parts of the package, a list a layer, from the top."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return [layer.split(" | ") for layer in contracts[0]["layers"]]


def imports(parts: list[str]) -> dict[str, set[str]]:
    """Return which other parts each part imports, as far as that does not follow from the rest."""
    graph = grimp.build_graph(PACKAGE, exclude_type_checking_imports=True, cache_dir=None)
    found: dict[str, set[str]] = {part: set() for part in parts}
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            pair = [module.removeprefix(f"{PACKAGE}.").partition(".")[0] for module in (importer, imported)]
            if pair[0] != pair[1] and set(pair) <= found.keys():
                found[pair[0]].add(pair[1])

    def reached(part: str) -> set[str]:
        return found[part].union(*map(reached, found[part]))

    return {part: direct - set().union(*map(reached, direct)) for part, direct in found.items()}


def drawing() -> str:
    """Return the picture as SVG."""
    rows = layers()
    places = {
        part: (WIDTH * (column + 1) / (len(row) + 1), number * ROW + 30)
        for number, row in enumerate(rows)
        for column, part in enumerate(row)
    }
    lines = []
    for part, below in imports(list(places)).items():
        for other in sorted(below):
            (x1, y1), (x2, y2) = places[part], places[other]
            y1, y2 = y1 + HEIGHT // 2, y2 - HEIGHT // 2
            # Past the boxes in between, on the outer side.
            aside = (BOX * 0.8 if y2 - y1 > ROW else 0) * (1 if x1 + x2 > WIDTH else -1)
            bend = f"C{x1 + aside:.0f} {y1 + ROW:.0f} {x2 + aside:.0f} {y2 - ROW:.0f}" if aside else "L"
            lines.append(f'<path d="M{x1:.0f} {y1:.0f}{bend} {x2:.0f} {y2:.0f}"/>')
    boxes = [
        f'<rect x="{x - BOX / 2:.0f}" y="{y - HEIGHT / 2:.0f}" width="{BOX}" height="{HEIGHT}"/>'
        f'<text x="{x:.0f}" y="{y + 5:.0f}">{escape(part)}</text>'
        for part, (x, y) in places.items()
    ]
    arrow = '<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {len(rows) * ROW}">',
            f'<style>{STYLE}</style><defs>{arrow}<path d="M0 0L8 4L0 8" style="marker-end:none"/></marker></defs>',
            *lines,
            *boxes,
            "</svg>\n",
        )
    )


def main() -> None:
    """Run the tool."""
    parser = argparse.ArgumentParser(description="Draw what imports what.")
    parser.add_argument("file", type=Path, help="the SVG to write")
    parser.parse_args().file.write_text(drawing())


if __name__ == "__main__":
    main()
