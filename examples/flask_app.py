"""A Flask application: a user logs in, the redirect brings them back, their session is stored.

    flask --app flask_app run

FLASK_SECRET_KEY signs the cookie. No `state` of the service is documented, so nothing ties a redirect to one login. The
cookie sees to it that only a browser that began a login here can end one. Behind HTTPS, set SESSION_COOKIE_SECURE, too.
"""

from __future__ import annotations

import logging
import os
import secrets
from typing import TYPE_CHECKING

from flask import Flask, abort, redirect, request, session

from torus_connect import LoginFailed, LoginNeeded, TorusConnect, TorusError

if TYPE_CHECKING:
    from werkzeug import Response

logging.getLogger("werkzeug").setLevel(logging.WARNING)  # the access log would hold the request token

app = Flask(__name__)
app.secret_key = os.environ["FLASK_SECRET_KEY"]
app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
torus = TorusConnect()  # one for all threads


@app.get("/login")
def login() -> Response:
    """Send the browser to the login of the service."""
    session["user"] = secrets.token_urlsafe(32)
    return redirect(torus.login_url)


@app.get("/callback")
def callback() -> Response:
    """Exchange the request token of the redirect, and lead to an address without it."""
    torus.session(known_user(), login=lambda: request.url)
    reply = redirect("/", 303)
    reply.headers["Cache-Control"] = "no-store"
    reply.headers["Referrer-Policy"] = "no-referrer"
    return reply


@app.get("/")
def home() -> dict[str, str]:
    """Tell how long the session is good: the access token stays on the server."""
    return {"good_until": torus.session(known_user()).expires_at.isoformat()}


@app.errorhandler(TorusError)
def failed(error: TorusError) -> tuple[dict[str, str], int]:
    """Tell what went wrong: no message of these errors holds a secret."""
    status = 401 if isinstance(error, LoginNeeded) else 400 if isinstance(error, LoginFailed) else 502
    return {"error": type(error).__name__, "request_token": error.outcome.name}, status


def known_user() -> str:
    """Return who it is; end the request where this browser began no login."""
    return str(session["user"]) if "user" in session else abort(422)
