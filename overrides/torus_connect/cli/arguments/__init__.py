"""The arguments of the command line, and their help. What was given is never repeated: it may be a secret."""

from __future__ import annotations

from functools import partial

from torus_connect._version import __version__

from .parsing import EPILOG, Parser

# Each command's own arguments are in the module of its name here, which is loaded where the command is given. They are
# plain imports, which tools that pack a program up can follow.


def _session(parser: Parser) -> None:
    from .session import fill  # noqa: PLC0415 - see above

    fill(parser)


def _call(parser: Parser) -> None:
    from .call import fill  # noqa: PLC0415

    fill(parser)


def _short(name: str, parser: Parser) -> None:
    from .call import fill_short  # noqa: PLC0415

    fill_short(parser, name)


def _completion(parser: Parser) -> None:
    from .completion import fill  # noqa: PLC0415

    fill(parser)


def _run(parser: Parser) -> None:
    from .run import fill  # noqa: PLC0415

    fill(parser)


def _login(parser: Parser) -> None:
    from .login import fill  # noqa: PLC0415

    fill(parser)


def _sandbox(parser: Parser) -> None:
    from .sandbox import fill  # noqa: PLC0415

    fill(parser)


def _spec(parser: Parser) -> None:
    from .spec import fill  # noqa: PLC0415

    fill(parser)


_COMMANDS = (
    ("session", _session, "sessions with the service"),
    ("run", _run, "run a program with TORUS_ACCESS_TOKEN set, from the kept session of a user"),
    ("login", _login, "log a user in with the browser, and keep the session"),
    ("holdings", partial(_short, "holdings"), "show the holdings of a user"),
    ("positions", partial(_short, "positions"), "show the positions of a user"),
    ("funds", partial(_short, "funds"), "show the funds of a user"),
    ("orders", partial(_short, "orders"), "show the order book of a user"),
    ("trades", partial(_short, "trades"), "show the trades of a user"),
    ("call", _call, "call any operation of the API"),
    ("sandbox", _sandbox, "run a local Torus to develop and test against"),
    ("spec", _spec, "print the OpenAPI document that this version was generated from"),
    ("completion", _completion, "print what completes these commands in bash, zsh or fish"),
)


def parser() -> Parser:
    """Return the parser of the whole command line."""
    root = Parser(
        prog="torus-connect",
        description="Log in to the Torus Digital Open API, and call it.",
        epilog=EPILOG,
    )
    root.add_argument("--version", action="version", version=f"torus-connect {__version__}")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, arguments, words in _COMMANDS:
        commands.add_parser(name, help=words, arguments=arguments)
    return root
