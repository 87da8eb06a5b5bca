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
# Of the pages of the sandbox, too. The colours are those of the reference page.
STYLE = """\
:root {
  color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif;
  --ground: #ffffff; --raised: #f6f7fb; --line: #dfe3ec; --strong-line: #7d879c; --text: #1a2033; --muted: #566076;
  --accent: #3f3fc4; --on-accent: #ffffff; --good: #0b6a3c; --bad: #a5212f; --bad-ground: #fdebec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e121d; --raised: #161b29; --line: #2a3246; --strong-line: #76829c; --text: #e6e9f3; --muted: #a5afc5;
    --accent: #aeb0ff; --on-accent: #12142a; --good: #7fdca6; --bad: #ffa4aa; --bad-ground: #3a161b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); overflow-wrap: anywhere; }
main { max-width: 90rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
a { color: var(--accent); }
"""
_PAGE = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Torus login</title>
<style nonce="{nonce}">{style}</style></head>
<body{asks}><main><h1>Torus login</h1><p role="status">{sentence}</p></main>
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
    form = _PAGE if page else "{sentence}\n"
    text = form.format(nonce=nonce, style=STYLE, script=_SCRIPT, sentence=sentence, asks=asking)
    body = text.encode() if has_body else b""
    head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *_HEADERS, f"Content-Length: {len(body)}"]
    head.append(f"Content-Type: text/{'html' if page else 'plain'}; charset=utf-8")
    head.append(f"Content-Security-Policy: {_POLICY.format(nonce=nonce)}")
    return "\r\n".join([*head, "", ""]).encode() + body
