"""A parser that fills itself when it is used, and the kinds of values that arguments have."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, NoReturn

from torus_connect._config.checks import did_you_mean, stripped, text_fault
from torus_connect._console import write, write_error

from ._messages import help_below

# What names a folder or a service of this machine may have an @ in it, but for a host where none belongs.
_LOCAL = re.compile(r"(file|keyring):(?!//[^/]*@)")
_ELSEWHERE = {
    "help": "--help",
    "logout": "session clear",
    "place_order": "call order_entry",
    "modify_order": "call order_modify",
    "cancel_order": "call order_cancel",
    **dict.fromkeys(("find_order", "find_orders", "wait_for_order"), "orders"),
}
"""What other command lines have, and the methods of an account that are no operation: what comes nearest to each."""
_OPTIONS = dict.fromkeys(("--format", "-o"), "--output")
"""What other command lines call an option."""


class Parser(argparse.ArgumentParser):
    """A parser that never repeats what it was given, which may be a secret in the wrong place.

    Args:
        fill: adds the arguments, when there is something to parse: a command loads nothing of another one. Its
            docstring describes the command.

    Attributes:
        names: what the arguments of the form `NAME=VALUE` begin with; `None` where there are none.
    """

    def __init__(self, fill: Callable[[Parser], None] | None = None, **options: Any) -> None:  # noqa: ANN401 - as argparse has it
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options)
        self.epilog = help_below(self.prog)
        self._fill = fill
        self.names: list[str] | None = None
        self.register("type", None, text)  # the kind of every argument that names no other

    def add_commands(self, name: str, rows: Iterable[tuple[str, Callable[[Parser], None], str]]) -> Any:  # noqa: ANN401 - argparse names no type
        """Add commands below this one: the name of each, what adds its arguments, and its help."""
        below: Any = self.add_subparsers(dest=name, required=True, metavar=name.upper())
        below.type = str  # what follows their names is for them to read
        for command, fill, words in rows:
            below.add_parser(command, fill=fill, help=words)
        return below

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401 - overloads, there
        """Parse as argparse does, with the arguments added first."""
        self._filled()
        found, left = super().parse_known_args(args, namespace)
        if self.names is not None:  # arguments of a call may stand behind options, too
            found.arguments += [text(each) for each in left if not each.startswith("-")]
            left = [each for each in left if each.startswith("-")]
        if left:  # here, where the options of this command are known
            self.error(f"unrecognized arguments: {' '.join(left)}")
        return found, left

    def _filled(self) -> list[argparse.Action]:
        fill, self._fill = self._fill, None
        if fill is not None:
            fill(self)
            self.description = self.description or re.sub(r"(?m)^    ", "", fill.__doc__ or "")
        return self._actions

    def commands(self) -> dict[str, Parser]:
        """Return the parsers of the commands below this one, by name."""
        below = (each.choices for each in self._filled() if isinstance(each, argparse._SubParsersAction))  # noqa: SLF001 - there is no other way
        return next(below, {})

    def choices(self) -> dict[str, list[str]]:
        """Return what may be given to those options that take one of a few values; "" is for what is no option."""
        limited = [each for each in self._filled() if each.choices]
        return {option: list(each.choices or ()) for each in limited for option in each.option_strings or [""]}

    def words(self) -> list[str]:
        """Return what may follow this command: commands, values, arguments of a call, and options."""
        options = [option for each in self._filled() for option in each.option_strings if option.startswith("--")]
        return [*self.choices().get("", []), *(self.names or []), *options]

    def _print_message(self, message: str, file: object = None) -> None:
        # argparse would leave it to the end of Python to find out that nobody can read this.
        (write if file is sys.stdout else write_error)(message)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, without their values, and exit."""
        argument, _, fault = message.partition(": ")
        choices = re.search(r"\(choose from [^()]*\)$", fault)
        if choices:
            given = fault[: choices.start()].partition(": ")[2].strip(" '\"")
            near = did_you_mean(given, re.findall(r"[a-z0-9_-]+", choices[0])[2:])
            if given in _ELSEWHERE:
                near = f"; on the command line: torus-connect {_ELSEWHERE[given]}"
            fault = f"no such choice{near} {choices[0]}"
        elif argument.startswith("unrecognized"):
            argument, fault = "unrecognized arguments", self._instead_of(fault.split())
        elif "required" in argument:
            fault += "; see --help"
        elif not fault.startswith(("expected", "must", "may", "not allowed with", "-")):
            fault = "cannot be understood; see --help"
        super().error(f"{argument}: {fault}")

    def _instead_of(self, given: list[str]) -> str:
        """Return what to say of arguments that nothing takes; it repeats none of them."""
        option = next((each for each in given if each.startswith("-")), "").partition("=")[0]
        options = [each for each in self._option_string_actions if each.startswith("--")]
        near = did_you_mean(_OPTIONS.get(option, option), options)
        if not re.fullmatch("--?[a-z-]+", option) or re.search("key|pass|secret|token", option):
            return f"no secret is accepted here{near or '; see --help'}"
        return near.removeprefix("; ") or f"the options of this command are {', '.join(options)}"


def text(value: str) -> str:
    """Return the text of an argument, read as that of an environment variable is.

    Raises:
        ArgumentTypeError: it breaks a rule for such a text; it is not repeated.
    """
    found = stripped(value)
    fault = text_fault(found)
    if fault:
        raise argparse.ArgumentTypeError(fault)
    return str(found)


def store_url(value: str) -> str:
    """Return the URL of a store, which holds no password.

    Raises:
        ArgumentTypeError: it may hold one.
    """
    value = text(value)
    # Any @ of another URL: in front of it, a password that was not escaped is as much a password.
    if "@" in value and not _LOCAL.match(value):
        raise argparse.ArgumentTypeError(
            "must hold no password, as every user of a machine can see it: set TORUS_SESSION_STORE"
        )
    return value


def dash(value: str) -> str:
    """Return the - that stands for standard input.

    Raises:
        ArgumentTypeError: it is anything else.
    """
    if text(value) != "-":
        raise argparse.ArgumentTypeError("must be - : a secret is never accepted as an argument")
    return "-"


def _number(kind: Callable[[str], float], value: str) -> float:
    with suppress(ValueError):
        return kind(text(value))
    raise argparse.ArgumentTypeError("must be a number")


whole, seconds = partial(_number, int), partial(_number, float)
