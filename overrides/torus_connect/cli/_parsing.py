"""A parser that fills itself when it is used, and the kinds of values that arguments have."""

from __future__ import annotations

import argparse
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from torus_connect._config.checks import stripped, text_fault
from torus_connect._console import write, write_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Parser(argparse.ArgumentParser):
    """A parser that never repeats what it was given, which may be a secret in the wrong place.

    Args:
        arguments: adds the arguments, when there is something to parse: a command loads nothing of another one.

    Attributes:
        names: what the arguments of the form `NAME=VALUE` begin with; `None` where there are none.
    """

    def __init__(self, arguments: Callable[[Parser], None] | None = None, **options: object) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options)  # type: ignore[arg-type]
        self._arguments = arguments
        self.names: list[str] | None = None
        self.register("type", None, text)  # the kind of every argument that names no other

    def add_subparsers(self, **options: Any) -> Any:  # noqa: ANN401 - as argparse has it
        """Add them as argparse does; what follows their names is for them to read."""
        action: Any = super().add_subparsers(**options)
        action.type = str
        return action

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401 - overloads, there
        """Parse as argparse does, with the arguments added first."""
        self._add_arguments()
        found, left = super().parse_known_args(args, namespace)
        if self.names is not None:  # arguments of a call may stand behind options, too
            found.arguments += [text(each) for each in left if not each.startswith("-")]
            left = [each for each in left if each.startswith("-")]
        return found, left

    def _add_arguments(self) -> None:
        add, self._arguments = self._arguments, None
        if add is not None:
            add(self)

    def commands(self) -> dict[str, Parser]:
        """Return the parsers of the commands below this one, by name."""
        self._add_arguments()
        below = (each.choices for each in self._actions if isinstance(each, argparse._SubParsersAction))  # noqa: SLF001 - there is no other way
        return next(below, {})

    def choices(self) -> dict[str, list[str]]:
        """Return what may be given to those options that take one of a few values; "" is for what is no option."""
        self._add_arguments()
        return {
            option: list(each.choices)
            for each in self._actions
            if each.choices
            for option in each.option_strings or [""]
        }

    def words(self) -> list[str]:
        """Return what may follow this command: commands, values, arguments of a call, and options."""
        options = [option for each in self._actions for option in each.option_strings if option.startswith("--")]
        return [*self.choices().get("", []), *(self.names or []), *options]

    def _print_message(self, message: str, file: object = None) -> None:
        # argparse would leave it to the end of Python to find out that nobody can read this.
        (write if file is sys.stdout else write_error)(message)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, without their values, and exit."""
        argument, _, fault = message.partition(": ")
        choices = re.search(r"\(choose from [^()]*\)$", fault)
        if choices:
            fault = f"no such choice {choices[0]}"
        elif argument.startswith("unrecognized"):
            argument, fault = "unrecognized arguments", "no secret is accepted here; see --help"
        elif not fault.startswith(("expected", "must", "may", "not allowed with", "-")) and "required" not in argument:
            fault = "cannot be understood; see --help"
        super().error(f"{argument}: {fault}")


class Rule(argparse.ArgumentTypeError):
    """A rule that an argument breaks, in words that do not repeat it."""


class Program(argparse.Action):
    """A program and its arguments: all that is left, as it was given, but for a `--` in front of it."""

    def __init__(self, option_strings: list[str], dest: str, **options: object) -> None:
        super().__init__(option_strings, dest, nargs=argparse.REMAINDER, type=str, **options)  # type: ignore[arg-type]

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        _option: str | None = None,
    ) -> None:
        """Keep the program, or say that it is missing."""
        given = list(values or ())
        if given[:1] == ["--"]:
            del given[0]
        if not given:
            parser.error(f"the following arguments are required: {self.metavar}")
        setattr(namespace, self.dest, given)


def text(value: str) -> str:
    """Return the text of an argument, read as that of an environment variable is.

    Raises:
        Rule: it breaks a rule for such a text.
    """
    found = stripped(value)
    fault = text_fault(found)
    if fault:
        raise Rule(fault)
    return str(found)


def number(kind: Callable[[str], float]) -> Callable[[str], float]:
    """Return what reads a number of a kind."""

    def read(value: str) -> float:
        with suppress(ValueError):
            return kind(text(value))
        raise Rule("must be a number")

    return read
