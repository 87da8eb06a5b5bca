"""What every page of the sandbox looks like, and what no page may do."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from starlette.responses import HTMLResponse, Response

from torus_connect._login.pages import STYLE

# The URL of the last page holds a request token: it is kept from other sites and out of caches. Nothing is loaded.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

# A table becomes a list of cards where the window is narrow.
_STYLE = (
    STYLE
    + """\
main > p, main > form { max-width: 44rem; }
h2 { font-size: 1.125rem; margin: 0; }
[role=alert] { color: var(--bad); }
label { display: block; margin-bottom: .2rem; }
input, select, button {
  font: inherit; max-width: 100%; padding: .35rem .7rem; border: 1px solid var(--strong-line); border-radius: .4rem;
  color: inherit; background: var(--ground);
}
button[name=go] { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; margin-top: 1.5rem; font-size: .875rem; }
caption { text-align: left; margin-bottom: .3rem; color: var(--muted); }
caption h2 { color: var(--text); }
th, td { text-align: right; vertical-align: top; padding: .3rem .45rem; border-top: 1px solid var(--line); }
th, td { font-variant-numeric: tabular-nums; overflow-wrap: normal; }
:is(.time, .security, .side, .product, .status, .reference, .reason, .order, .none) { text-align: left; }
:is(.security, .reference, .reason) { min-width: 6rem; overflow-wrap: anywhere; }
td.status { font-weight: 600; }
.traded > .status { color: var(--good); }
.rejected { background: var(--bad-ground); }
.rejected > :is(.status, .reason) { color: var(--bad); }
@media (max-width: 72rem) {
  table, caption, tbody { display: block; }
  thead, td:empty { display: none; }
  tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); column-gap: 2rem; padding: .5rem; }
  tr { margin-bottom: .6rem; border: 1px solid var(--line); border-radius: .5rem; }
  td { display: flex; justify-content: space-between; gap: 1rem; padding: .05rem .2rem; border: 0; text-align: right; }
  td.reason { grid-column: 1 / -1; }
  td::before { content: attr(data-label); color: var(--muted); font-weight: 400; white-space: nowrap; }
}"""
)


def page(title: str, content: str, *, status: int = 200, form_action: str = "'self'", script: str = "") -> Response:
    """Return a page.

    Args:
        title: plain text.
        content: HTML.
        status: of HTTP.
        form_action: where its forms may lead, redirects included, as a source list of the policy.
        script: what runs in it, and may ask this sandbox.
    """
    title = escape(title)
    document = (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>\n<style>{_STYLE}</style></head>\n'
        f"<body>\n<main>\n<h1>{title}</h1>\n{content}\n</main>\n"
    )
    policy = HEADERS["Content-Security-Policy"].replace("form-action 'self'", f"form-action {form_action}")
    policy += f"; style-src {_source(_STYLE)}"
    if script:
        document += f"<script>{script}</script>\n"
        policy += f"; script-src {_source(script)}; connect-src 'self'"
    headers = HEADERS | {"Content-Security-Policy": policy}
    return HTMLResponse(f"{document}</body>\n</html>\n", status, headers=headers)


def _source(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
