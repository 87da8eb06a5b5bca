"""A Flask application: a user logs in, the redirect brings them back, their session is stored.

    flask --app flask_app run

FLASK_SECRET_KEY signs the cookie. No `state` of the service is documented, so nothing ties a redirect to one login. The
cookie sees to it that only a browser that has just begun a login here can end one. Behind HTTPS, set
SESSION_COOKIE_SECURE, too.
"""

from __future__ import annotations

import logging
import os
import secrets
import time
from typing import TYPE_CHECKING

from flask import Flask, abort, redirect, request, session, url_for

from torus_connect import LoginNeeded, Outcome, TorusConnect, TorusError

if TYPE_CHECKING:
    from werkzeug import Response

logging.getLogger("werkzeug").setLevel(logging.WARNING)  # the access log would hold the request token

app = Flask(__name__)
app.secret_key = os.environ["FLASK_SECRET_KEY"]
app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
torus = TorusConnect()  # one for all threads
TEN_MINUTES = 600


@app.get("/login")
def login() -> Response:
    """Send the browser to the login of the service, which is to end here, once, within ten minutes."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        abort(403)  # another site began it
    session["user"] = secrets.token_urlsafe(32)
    session["begun"] = time.time()
    return redirect(torus.login_url)


@app.get("/callback")
def callback() -> Response:
    """Exchange the request token of the redirect, and lead to an address without it, also where that failed."""
    then, user = "/", known_user()
    try:
        if time.time() - session.pop("begun", 0) < TEN_MINUTES:
            torus.session(user, login=lambda: request.url)
    except TorusError as error:
        then = url_for("login_failed", error=type(error).__name__, request_token=error.outcome.name)
    reply = redirect(then, 303)
    reply.headers["Cache-Control"] = "no-store"
    reply.headers["Referrer-Policy"] = "no-referrer"
    return reply


@app.get("/failed")
def login_failed() -> tuple[dict[str, str], int]:
    """Tell why a login failed, and what became of its request token."""
    return dict(request.args), 400 if request.args.get("error") == "LoginFailed" else 502


@app.get("/")
def home() -> dict[str, str]:
    """Tell how long the session is good: the access token stays on the server. Nobody's login is waited for."""
    return {"good_until": torus.session(known_user(), timeout=0).expires_at.isoformat()}


@app.errorhandler(TorusError)
def failed(error: TorusError) -> tuple[dict[str, str], int]:
    """Tell what went wrong: no message of these errors holds a secret."""
    status = 401 if isinstance(error, LoginNeeded) else 503 if error.outcome is Outcome.NOT_SENT else 502
    return {"error": type(error).__name__, "outcome": error.outcome.name}, status


def known_user() -> str:
    """Return who it is; end the request where this browser began no login."""
    return str(session["user"]) if "user" in session else abort(422)
