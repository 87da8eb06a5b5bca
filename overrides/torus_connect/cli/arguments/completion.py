"""The arguments of `torus-connect completion`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect.cli.completion import SHELLS

if TYPE_CHECKING:
    from .parsing import Parser

_HELP = """\
Prints what completes the commands, options and arguments of torus-connect in a shell. In its start-up file:

  bash   eval "$(torus-connect completion bash)"
  zsh    autoload -Uz compinit && compinit; eval "$(torus-connect completion zsh)"
  fish   torus-connect completion fish | source
"""


def fill(completion: Parser) -> None:
    """Add them."""
    completion.description = _HELP
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
