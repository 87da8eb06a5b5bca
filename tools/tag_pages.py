"""The pages of the documentation site about the calls, one a tag: generated/pages/, for docs/conf.py; for tools/sdk.py.

What a call does, its arguments and its evidence are printed by Sphinx from the generated method. Each has a snippet,
whose arguments are the examples of the spec; tests/docs runs them.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING

from code_samples import calls
from code_samples.calls import operations
from code_samples.programs import python

if TYPE_CHECKING:
    from collections.abc import Iterator

    from code_samples import Call
    from derive import Document

_REFERENCE = re.compile(r"#/components/schemas/(\w+)")
_CLIENTS = {"account": "torus.account()", "market": "torus.market"}
"""What the SDK calls the operations of a tag; others are reached by `Api`."""
_LOGGED_IN = """\
These calls take the access token of a session. `torus.account()` has the one that is kept for the user `default`, and
`torus.account("a-user")` that of another one. Here is one to begin with:

```console
$ torus-connect login
```
"""
_ANEW = "A request token is good for one use: set `TORUS_REQUEST_TOKEN` anew for each login on this page.\n"


def tag_pages(document: Document) -> dict[str, str]:
    """Return the pages by the names of their files."""
    by_tag: dict[str, list[Call]] = {}
    for call in calls(document):
        by_tag.setdefault(call.python_tag, []).append(call)
    about = {each["name"]: each.get("description", "") for each in document.get("tags", [])}
    models = {name: _models(document, node) for name, node in operations(document).items()}
    return {f"{tag}.md": "\n".join(_page(about.get(found[0].tag, ""), found, models)) for tag, found in by_tag.items()}


def _models(document: Document, operation: Document) -> list[str]:
    """Return the names of the schemas that a good reply is made of, without its envelope."""
    names = _REFERENCE.findall(json.dumps(operation["responses"]["200"]))
    for name in names:
        below = _REFERENCE.findall(json.dumps(document["components"]["schemas"][name]))
        names += [each for each in below if each not in names]
    return names[1:] if "x-unwrap" in operation else names


def _page(about: str, found: list[Call], models: dict[str, list[str]]) -> Iterator[str]:
    yield f"# The {found[0].tag} calls\n\n{about}\n"
    if any(call.bearer for call in found):
        yield _LOGGED_IN
    if any(call.proof for call in found):
        yield _ANEW
    for call in found:
        cls = "".join(map(str.capitalize, call.python_tag.split("_")))
        yield f"## {call.summary}: `{call.python_id}`\n"
        if call.experimental:
            yield f"Experimental: {call.experimental} Hence `trading=`, with which you opt in.\n"
        yield f"`{call.method} {call.template}`, operation `{call.id}` of the spec. {_again(call)}\n"
        yield f"```python\n{_snippet(call)}```\n"
        if not call.secret:
            yield f"On the command line: `{_command(call)}`.\n"
        owner = "torus_connect.TorusConnect" if call.proof else f"torus_connect_api.api.{call.python_tag}.{cls}"
        yield f"```{{eval-rst}}\n.. automethod:: {owner}.{call.python_id}\n   :no-index:\n```\n"
    names = [] if any(call.secret for call in found) else [name for call in found for name in models[call.id]]
    if names:
        yield "## What they return\n"
    for name in dict.fromkeys(names):
        yield f"```{{eval-rst}}\n.. autoclass:: torus_connect_api.models.{name}\n   :no-members:\n   :no-index:\n```\n"


def _again(call: Call) -> str:
    if call.idempotent:
        return "It changes nothing, so it is sent again where its answer is lost."
    return "It is sent once: never again where it may have been served."


def _snippet(call: Call) -> str:
    if call.proof:
        imports, made = "import os\n\nfrom torus_connect import TorusConnect\n", f"torus.{call.python_id}"
        return f'{imports}\nwith TorusConnect() as torus:\n    session = {made}(os.environ["{call.proof}"])\n'
    given = ", ".join(f"{each.name}={python(each.value)}" for each in call.arguments)
    imports, client = "from torus_connect import TorusConnect\n", _CLIENTS.get(call.python_tag)
    before = ""
    if call.trading:
        imports = "from torus_connect import TorusConnect, Trading\n"
        trading = ", ".join(f"{name}={python(value)}" for name, value in call.trading.items())
        before, client = f"me = torus.account(trading=Trading({trading}))\n    ", "me"
    if client is None:
        imports += "from torus_connect_api import Api\n"
        sender = "torus.with_credentials(AccessToken=torus.session())" if call.bearer else "torus"
        client = f"Api({sender}).{call.python_tag}"
    made = f"{client}.{call.python_id}({given})"
    body = f"for row in {made}:\n        print(row)" if call.is_list else f"print({made})"
    return f"{imports}\nwith TorusConnect() as torus:\n    {before}{body}\n"


def _command(call: Call) -> str:
    values = {
        each.name: each.value if isinstance(each.value, str) else json.dumps(each.value) for each in call.arguments
    }
    options = [f"--{name.replace('_', '-')}={value}" for name, value in call.trading.items()]
    given = [f"{name}={value}" for name, value in values.items()]
    return shlex.join(["torus-connect", "call", call.python_id, *given, *options])
