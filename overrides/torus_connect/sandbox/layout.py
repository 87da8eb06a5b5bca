"""What every page of the sandbox looks like, and what no page may do."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse, Response

# The URL of the last page holds a request token: it is kept from other sites and out of caches. Nothing is loaded.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page(title: str, content: str, *, status: int = 200, form_action: str = "'self'") -> Response:
    """Return a page.

    Args:
        title: plain text.
        content: HTML.
        status: of HTTP.
        form_action: where its forms may lead, redirects included, as a source list of the policy.
    """
    title = escape(title)
    document = (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title></head>\n'
        f"<body>\n<h1>{title}</h1>\n{content}\n</body>\n</html>\n"
    )
    policy = HEADERS["Content-Security-Policy"].replace("form-action 'self'", f"form-action {form_action}")
    return HTMLResponse(document, status, headers=HEADERS | {"Content-Security-Policy": policy})
