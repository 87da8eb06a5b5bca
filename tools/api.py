"""The public API against that of the last release: `python tools/api.py` checks, with `--release` it writes it anew.

The public API is what `__all__` names, in every module that has one, and what is public in the modules of `ALSO` and in
all modules of the generated package. That of the last release is in api/torus-connect.txt, in the form of stubs: a diff
shows what changed. What breaks users passes only where the version says so: by its first number, or, before 1.0, by its
second.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import griffe
from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[1]
RELEASED = ROOT / "api" / "torus-connect.txt"
GENERATED = "torus_connect_api"
PACKAGES = ("torus_connect", GENERATED)
ALSO = ("torus_connect.testing",)
TITLE = "# The public API of torus-connect "
MODULE = "\n# module "
UNSAID = "..."
API = "api"


def public_api() -> dict[str, str]:
    """Return the stubs of every public module, by its name, as the tree is now."""
    loader = griffe.GriffeLoader(search_paths=[ROOT / "overrides", ROOT / "generated"], allow_inspection=False)
    for package in PACKAGES:
        loader.load(package)
    loader.resolve_aliases(implicit=True)
    modules = [module for package in PACKAGES for module in within(loader.modules_collection[package])]
    return {
        module.path: "".join(f"{line}\n" for line in stubs_of_module(module))
        for module in modules
        if module.exports or module.path in ALSO or is_generated(module.path)
    }


def is_generated(path: str) -> bool:
    """Return whether a module is one of the generated package."""
    return path.startswith(f"{GENERATED}.")


def within(module: griffe.Module) -> Iterator[griffe.Module]:
    """Yield the module and all below it, but for those whose name begins with `_`."""
    yield module
    for _, inner in sorted(module.modules.items()):
        if not (inner.is_alias or inner.name.startswith("_")):
            yield from within(inner)


def stubs_of_module(module: griffe.Module) -> Iterator[str]:
    """Yield the stubs of what the module makes public; its names may come from elsewhere, also under TYPE_CHECKING."""
    own = (name for name, member in module.members.items() if not (member.is_alias or name.startswith("_")))
    public = {str(name) for name in module.exports or own}
    missing = public - module.members.keys()
    if missing:
        raise SystemExit(f"{module.path}: `__all__` names what is not imported there: {', '.join(sorted(missing))}")
    for name in sorted(public):
        yield from stubs_of(name, module.members[name], public)


def stubs_of(name: str, member: griffe.Object | griffe.Alias, public: set[str], margin: str = "") -> Iterator[str]:
    """Yield the lines that say how the thing is used."""
    found = target_of(member)
    if isinstance(found, griffe.Class):
        members, bases = unfolded(found, public)
        yield f"{margin}class {name}({', '.join(bases)}):"
        yield f"{margin}    ..."
        for inner in filter(is_public_member, sorted(members)):
            yield from stubs_of(inner, members[inner], public, f"{margin}    ")
    elif isinstance(found, griffe.Function):
        spell_out_defaults(found)
        yield from (f"{margin}@{kind}" for kind in ("classmethod", "staticmethod") if kind in found.labels)
        # What Python calls has parameters that no user names.
        usage = f"{name}(*_: object)" if is_special(name) and name != "__init__" else found.signature(name=name)
        yield f"{margin}{'async ' if 'async' in found.labels else ''}def {usage}: ..."
    elif isinstance(found, griffe.Attribute) and found.annotation is not None:
        value = promised_value(found)
        yield f"{margin}{name}: {found.annotation}{'' if value == UNSAID else f' = {value}'}"
    else:
        yield f"{margin}{name} = {promised_value(found)}"


def target_of(member: griffe.Object | griffe.Alias) -> griffe.Object:
    """Return what the name stands for."""
    return member.final_target if isinstance(member, griffe.Alias) else member


def is_public_member(name: str) -> bool:
    """Return whether users of a class may rely on the member. What every object has says nothing, but `__init__`."""
    if is_special(name):
        return name == "__init__" or not (hasattr(object, name) or name == "__slots__")
    return not name.startswith("_")


def is_special(name: str) -> bool:
    """Return whether the name has a meaning to Python."""
    return name.startswith("__") and name.endswith("__")


def unfolded(cls: griffe.Class, public: set[str]) -> tuple[dict[str, griffe.Object | griffe.Alias], list[str]]:
    """Return members and bases of a class. A base of ours that is not public gives way to its own: nobody names it."""
    members: dict[str, griffe.Object | griffe.Alias] = {}
    bases: list[str] = []
    for base in cls.bases:
        path = base.canonical_path if isinstance(base, griffe.Expr) else base
        hidden = path.startswith(PACKAGES) and path.rpartition(".")[2] not in public
        found = target_of(cls.modules_collection[path]) if hidden else None
        if isinstance(found, griffe.Class):
            inherited, further = unfolded(found, public)
            members |= inherited
            bases += [name for name in further if not name.startswith("Generic[")]
        else:
            bases.append(str(base))
    return members | cls.members, bases


def spell_out_defaults(function: griffe.Function) -> None:
    """Put the values of our constants for their names: who changes the constant changes the default."""
    for parameter in function.parameters:
        default = parameter.default
        if isinstance(default, griffe.ExprName | griffe.ExprAttribute) and default.canonical_path.startswith(PACKAGES):
            constant = target_of(function.modules_collection[default.canonical_path])
            if isinstance(constant, griffe.Attribute) and constant.value is not None:
                parameter.default = str(constant.value)


def promised_value(found: griffe.Object) -> str:
    """Return the value of a member of an enumeration, and of what is set to one or to a number; others may change."""
    if not isinstance(found, griffe.Attribute) or not {"class-attribute", "module-attribute"} & found.labels:
        return UNSAID
    enumerated = isinstance(found.parent, griffe.Class) and any("Enum" in str(base) for base in found.parent.bases)
    number = isinstance(found.value, str) and found.value.lstrip("-")[:1].isdigit()
    return str(found.value) if enumerated or number or isinstance(found.value, griffe.ExprAttribute) else UNSAID


def breakages(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    """Yield what a user of the old API would trip over in the new one."""
    for path, stubs in old.items():
        if path not in new:
            yield f"{path}: the module is not public any more"
            continue
        before, after = understood(stubs), understood(new[path])
        for change in griffe.find_breaking_changes(before, after):
            about = change.old_value or change.new_value
            parameter = f"({about.name})" if isinstance(about, griffe.Parameter) else ""
            yield f"{path}{change.obj.path.removeprefix(API)}{parameter}: {change.kind.value}"
        yield from (f"{path}{what}" for what in overlooked(before, after))


def understood(stubs: str) -> griffe.Module:
    """Return the stubs as griffe sees them, in a collection of their own: it looks for base classes there."""
    collection = griffe.ModulesCollection()
    module = griffe.visit(API, Path(f"{API}.py"), stubs, modules_collection=collection)
    collection[API] = module
    return module


def overlooked(before: griffe.Module | griffe.Class, after: griffe.Module | griffe.Class) -> Iterator[str]:
    """Yield what griffe does not report: lost bases, attributes of another type or value, `async` come or gone."""
    for name, old in before.members.items():
        new, path = after.members.get(name), old.path.removeprefix(API)
        if isinstance(old, griffe.Class) and isinstance(new, griffe.Class):
            yield from (f"{path}: is no {lost} any more" for lost in sorted(ancestors(old) - ancestors(new)))
            yield from overlooked(old, new)
        elif isinstance(old, griffe.Attribute) and isinstance(new, griffe.Attribute):
            for said, now in ((old.annotation, new.annotation), (old.value, new.value)):
                if said is not None and str(said) not in (UNSAID, str(now)):
                    yield f"{path}: was {said}, is {now}"
        elif isinstance(old, griffe.Function) and isinstance(new, griffe.Function):
            yield from (f"{path}: {kind} came or went" for kind in sorted(old.labels ^ new.labels))


def ancestors(cls: griffe.Class) -> set[str]:
    """Return the names of all that the class is, as far as they stand in its module."""
    names: set[str] = set()
    for base in cls.bases:
        name = str(base).partition("[")[0]
        found = cls.module.members.get(name) if cls.module else None
        names |= {name} | (ancestors(found) if isinstance(found, griffe.Class) else set())
    return names


def may_break(old: Version, new: Version) -> bool:
    """Return whether the version announces a breaking change."""
    counts = 1 if old.major else 2
    return new.release[:counts] > old.release[:counts]


def main() -> int:
    """Compare, and write where that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--release", action="store_true", help="write down the API of this version as released")
    release: bool = parser.parse_args().release
    if not RELEASED.exists() and not release:
        raise SystemExit(f"{RELEASED.relative_to(ROOT)} is missing: without it nothing can be compared")
    now, version = public_api(), version_now()
    if RELEASED.exists():  # the first release has nothing to be compared with
        released, then = read(RELEASED.read_text(encoding="utf-8"))
        broken = sorted(set(breakages(then, now)))
        if broken and not may_break(released, version):
            print(*broken, sep="\n", file=sys.stderr)
            print(f"This breaks users of {released}, which {version} does not announce.", file=sys.stderr)
            return 1
        print(f"api: {len(broken)} breaking changes between {released} and {version}")
    if release:
        RELEASED.parent.mkdir(exist_ok=True)
        RELEASED.write_text(written(version, now), encoding="utf-8")
        print(f"wrote {RELEASED.relative_to(ROOT)}")
    return 0


def written(version: Version, api: Mapping[str, str]) -> str:
    """Return the text of the file."""
    sections = (f"{MODULE}{path}\n{stubs}" for path, stubs in api.items())
    return f"{TITLE}{version}\n# `make api-release` writes this.\n{''.join(sections)}"


def read(text: str) -> tuple[Version, dict[str, str]]:
    """Return what `written` was given."""
    head, *sections = text.split(MODULE)
    pairs = (section.partition("\n") for section in sections)
    return Version(head.removeprefix(TITLE).split()[0]), {path: stubs for path, _, stubs in pairs}


def version_now() -> Version:
    """Return the version of the tree."""
    text = (ROOT / "overrides" / "torus_connect" / "_version.py").read_text(encoding="utf-8")
    return Version(text.partition('__version__ = "')[2].partition('"')[0])


if __name__ == "__main__":
    sys.exit(main())
