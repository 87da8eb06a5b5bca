"""The arguments of the command line, and their help. What was given is never repeated: it may be a secret."""

from __future__ import annotations

from torus_connect._version import __version__

from .parsing import EPILOG, Parser

# Each command's own arguments are in the module of its name here, which is loaded where the command is given. They are
# plain imports, which tools that pack a program up can follow.


def _session(parser: Parser) -> None:
    from .session import fill  # noqa: PLC0415 - see above

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
    ("sandbox", _sandbox, "run a local Torus to develop and test against"),
    ("spec", _spec, "print the OpenAPI document that this version was generated from"),
)


def parser() -> Parser:
    """Return the parser of the whole command line."""
    root = Parser(
        prog="torus-connect",
        description="Trade a request token of the Torus Digital Open API for an access token.",
        epilog=EPILOG,
    )
    root.add_argument("--version", action="version", version=f"torus-connect {__version__}")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, arguments, words in _COMMANDS:
        commands.add_parser(name, help=words, arguments=arguments)
    return root
