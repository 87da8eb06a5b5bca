"""The arguments of `torus-connect call`, and of the commands that are short for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from torus_connect.cli.operations import SHORT, OperationCommand, commands
from torus_connect.cli.results import OUTPUT_FORMATS

from .parsing import EPILOG
from .which import add_which

if TYPE_CHECKING:
    from .parsing import Parser

_HELP = """\
Calls an operation of the API, and prints what it returns. `torus-connect call OPERATION --help` has its arguments.
OPERATION is the name of the method in Python, or the operationId of the spec. An account call takes the kept session of
--user: log in first, with `torus-connect login`. Market calls need none.
"""


def fill(call: Parser) -> None:
    """Add an operation each."""
    call.description = _HELP
    operations = call.add_subparsers(dest="operation", required=True, metavar="OPERATION")
    found = commands()
    by_id = {command.operation.id: name for name, command in found.items()}
    operations.type = lambda given: by_id.get(given, given)
    for name, command in found.items():
        summary = command.help.partition("\n")[0]
        operations.add_parser(name, help=summary, arguments=partial(_fill_operation, command))


def fill_short(parser: Parser, name: str) -> None:
    """Add the arguments of the operation that a command is short for."""
    command = commands()[SHORT[name]]
    parser.set_defaults(operation=command.name)
    _fill_operation(command, parser)


def _fill_operation(command: OperationCommand, parser: Parser) -> None:
    parser.description = f"{command.help}\n"
    parser.epilog = EPILOG
    parser.names = [f"{name}=" for name in command.parameters]
    parser.add_argument("arguments", nargs="*", metavar="NAME=VALUE", help="an argument of the call; see above")
    add_which(parser)
    parser.add_argument("--output", choices=OUTPUT_FORMATS, default="table", help="the form of the result (table)")
    parser.add_argument(
        "--save-reply", metavar="FILE", help="where it fails, write the raw reply to this new file, mode 0600"
    )
