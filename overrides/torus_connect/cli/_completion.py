"""Completion in a shell: a script that knows what may follow each command. It is made from the parser."""

from __future__ import annotations

from collections.abc import Iterator

from ._parser import Parser

# A function finds the command that was typed so far, passing over options, and offers what may follow it; behind an
# option with few values, those.
_BASH = """\
_torus_connect() {{
  local command= words= word
  for word in "${{COMP_WORDS[@]:1:$((COMP_CWORD-1))}}"; do
    case "$command $word" in
      {commands}) command="$command $word" ;;
    esac
  done
  case "$command|${{COMP_WORDS[COMP_CWORD-1]}}" in
{rows}
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
  switch "$command|$typed[-1]"
{rows}
  end
end
complete -c torus-connect -f -a '(__torus_connect)'
"""


def script(shell: str, parser: Parser) -> str:
    """Return the script for `bash`, `zsh` or `fish`."""
    template, between, row, behind_any = _BASH, "|", '    {}) words="{}" ;;', "'{}|'*"
    if shell == "fish":
        template, between, row, behind_any = _FISH, " ", "    case {}\n      string split ' ' -- '{}'", "'{}|*'"
    parsers = dict(_parsers(parser, ""))
    rows = []
    for command, each in parsers.items():
        followed = {f"'{command}|{option}'": values for option, values in each.choices().items() if option}
        followed[behind_any.format(command)] = each.words()
        rows += [row.format(before, " ".join(words)) for before, words in followed.items()]
    commands = between.join(f"'{command}'" for command in parsers if command)
    text = template.format(commands=commands, rows="\n".join(rows))
    return _ZSH + text if shell == "zsh" else text


def _parsers(parser: Parser, command: str) -> Iterator[tuple[str, Parser]]:
    yield command, parser
    for name, below in parser.commands().items():
        yield from _parsers(below, f"{command} {name}")
