"""A FastAPI back end: a user logs in, the redirect brings them back, their session is stored.

    uvicorn fastapi_app:app --no-access-log    the access log would hold the request token

No `state` of the service is documented, so nothing ties a redirect to one login. A cookie for one use sees to it that
only a browser that has just begun a login here can end one.
"""

from __future__ import annotations

import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

from fastapi import Cookie, FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse

from torus_connect import AsyncTorusConnect, LoginNeeded, Outcome, TorusError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

User = Annotated[str, Cookie(alias="user", min_length=43, max_length=43)]
Word = Annotated[str, Query(pattern="^[A-Za-z_]{1,40}$")]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Share one client between all requests."""
    async with AsyncTorusConnect() as torus:
        app.state.torus = torus
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/login")
async def login(request: Request) -> RedirectResponse:
    """Send the browser to the login of the service, which is to end here, once, within ten minutes."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        raise HTTPException(403, "begin the login here")  # another site began it
    reply = RedirectResponse(request.app.state.torus.login_url)
    https = request.url.scheme == "https"
    reply.set_cookie("user", secrets.token_urlsafe(32), httponly=True, secure=https, samesite="lax")
    reply.set_cookie("begun", "yes", max_age=600, httponly=True, secure=https, samesite="lax")
    return reply


@app.get("/callback")
async def callback(request: Request, user: User, begun: Annotated[str, Cookie()] = "") -> RedirectResponse:
    """Exchange the request token of the redirect, and lead to an address without it, also where that failed."""
    then = "/"
    try:
        if begun:
            await request.app.state.torus.session(user, login=lambda: str(request.url))
    except TorusError as error:
        then = f"/failed?error={type(error).__name__}&request_token={error.outcome.name}"
    reply = RedirectResponse(then, 303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    reply.delete_cookie("begun")
    return reply


@app.get("/failed")
async def login_failed(error: Word, request_token: Word) -> JSONResponse:
    """Tell why a login failed, and what became of its request token."""
    return JSONResponse({"error": error, "request_token": request_token}, 400 if error == "LoginFailed" else 502)


@app.get("/")
async def home(request: Request, user: User) -> dict[str, str]:
    """Tell how long the session is good: the access token stays on the server. Nobody's login is waited for."""
    session = await request.app.state.torus.session(user, timeout=0)
    return {"good_until": session.expires_at.isoformat()}


@app.exception_handler(TorusError)
async def failed(_: Request, error: TorusError) -> JSONResponse:
    """Tell what went wrong: no message of these errors holds a secret."""
    status = 401 if isinstance(error, LoginNeeded) else 503 if error.outcome is Outcome.NOT_SENT else 502
    return JSONResponse({"error": type(error).__name__, "outcome": error.outcome.name}, status)
