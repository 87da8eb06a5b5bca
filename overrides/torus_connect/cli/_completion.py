"""Completion in a shell: a script that knows what may follow each command. It is made from the parser."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import starmap

from ._parser import Parser

# A function finds the command that was typed so far, passing over options, and offers what may follow it.
_BASH = """\
_torus_connect() {{
  local command= words= word
  for word in "${{COMP_WORDS[@]:1:$((COMP_CWORD-1))}}"; do
    case "$command $word" in
      {commands}) command="$command $word" ;;
    esac
  done
  case "$command" in
{words}
  esac
  case "$command ${{COMP_WORDS[COMP_CWORD-1]}}" in
{values}
  esac
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
  case "${{COMPREPLY[*]}}" in *=) compopt -o nospace 2>/dev/null ;; esac
}}
complete -F _torus_connect torus-connect
"""
_ZSH = "autoload -Uz bashcompinit && bashcompinit\n"
_FISH = """\
function __torus_connect
  set -l command
  set -l typed (commandline -opc)
  for word in $typed[2..]
    switch "$command $word"
      case {commands}
        set command "$command $word"
    end
  end
  switch "$command $typed[-1]"
{values}
  end
  switch "$command"
{words}
  end
end
complete -c torus-connect -f -a '(__torus_connect)'
"""


def script(shell: str, parser: Parser) -> str:
    """Return the script for `bash`, `zsh` or `fish`."""
    parsers = dict(_parsers(parser, ""))
    words = {command: " ".join(each.words()) for command, each in parsers.items()}
    values = {
        f"{command} {option}": " ".join(choices)
        for command, each in parsers.items()
        for option, choices in each.choices().items()
        if option
    }
    fish = shell == "fish"
    case = "    case '{}'\n      string split ' ' -- '{}'" if fish else '    "{}") words="{}" ;;'
    last_case = f"{case}\n      return" if fish else case
    text = (_FISH if fish else _BASH).format(
        commands=(" " if fish else "|").join(f"'{command}'" for command in parsers if command),
        words="\n".join(starmap(case.format, words.items())),
        values="\n".join(starmap(last_case.format, values.items())),
    )
    return _ZSH + text if shell == "zsh" else text


def _parsers(parser: Parser, command: str) -> Iterator[tuple[str, Parser]]:
    yield command, parser
    for name, below in parser.commands().items():
        yield from _parsers(below, f"{command} {name}")
