"""What the browser is shown when a login comes back to this machine. Every page is fixed text: nothing is repeated."""

from __future__ import annotations

import secrets
from http import HTTPStatus

# The address of the page held a request token: it leaves the history at once, and no other site learns it.
_SCRIPT = """\
const carried = location.hash.slice(1);
history.replaceState(null, "", location.pathname);
const say = (text) => { document.querySelector("p").textContent = text; };
if (document.body.dataset.asks && carried) {
  say("One moment.");
  fetch(location.pathname, {method: "POST", body: carried, credentials: "omit"})
    .then((reply) => reply.text()).then(say, () => say("Nobody waits for this login any more. Start again."));
}"""
_STYLE = """\
:root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif; }
body { max-width: 32rem; margin: 18vh auto 0; padding: 0 1.5rem; }
h1 { font-size: 1.4rem; }"""
_PAGE = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Torus login</title>
<style nonce="{nonce}">{style}</style></head>
<body{asks}><h1>Torus login</h1><p role="status">{sentence}</p>
<script nonce="{nonce}">{script}</script></body>
</html>
"""
_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    "Allow: GET, POST",
    "Cache-Control: no-store",
    "Connection: close",
    "Cross-Origin-Opener-Policy: same-origin",
    "Cross-Origin-Resource-Policy: same-origin",
    "Referrer-Policy: no-referrer",
    "X-Content-Type-Options: nosniff",
)
"""Of every answer: its address may have held a request token."""


def answer(status: int, sentence: str, *, page: bool = False, asks: bool = False, has_body: bool = True) -> bytes:
    """Return the bytes of an HTTP answer.

    Args:
        status: of the answer.
        sentence: fixed text of ours; it is not escaped.
        page: whether it is a page, which takes its own query and fragment out of the history; else one line of text.
        asks: whether the page hands over its fragment, which no server sees, by a POST to its own path.
        has_body: `False` for the answer to a HEAD.
    """
    nonce, asking = secrets.token_urlsafe(16), ' data-asks="yes"' if asks else ""
    text = f"{sentence}\n"
    if page:
        text = _PAGE.format(nonce=nonce, style=_STYLE, script=_SCRIPT, sentence=sentence, asks=asking)
    body = text.encode() if has_body else b""
    head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *_HEADERS, f"Content-Length: {len(body)}"]
    head.append(f"Content-Type: text/{'html' if page else 'plain'}; charset=utf-8")
    head.append(f"Content-Security-Policy: {_POLICY.format(nonce=nonce)}")
    return "\r\n".join([*head, "", ""]).encode() + body
