"""What the browser is shown when a login comes back to this machine. Every page is fixed text: nothing is repeated."""

from __future__ import annotations

import secrets

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
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Of every answer: its address may have held a request token."""


def page(sentence: str, *, asks: bool = False) -> tuple[dict[str, str], bytes]:
    """Return headers and body of a page that takes its own query and fragment out of the history.

    Args:
        sentence: fixed text of ours; it is not escaped.
        asks: whether it hands over its fragment, which no server sees, by a POST to its own path.
    """
    nonce = secrets.token_urlsafe(16)
    text = _PAGE.format(
        nonce=nonce, style=_STYLE, script=_SCRIPT, sentence=sentence, asks=' data-asks="yes"' if asks else ""
    )
    policy = _POLICY.format(nonce=nonce)
    return {**HEADERS, "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}, text.encode()


def plain(sentence: str) -> tuple[dict[str, str], bytes]:
    """Return headers and body of one line of text."""
    return {**HEADERS, "Content-Type": "text/plain; charset=utf-8"}, f"{sentence}\n".encode()
