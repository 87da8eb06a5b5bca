"""The sandbox as one object, for tests and demos: start, use, stop."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypedDict

from torus_connect._spec.documents import reference_page
from torus_connect.secret import half_built_too

from .codes import TOTP_SECRET
from .controls import Controls
from .extra import needs_extra
from .listener import HOST, listen
from .redirects import EndURL
from .replies import DEFAULT_USER
from .reply_controls import ReplyControls
from .state import API_KEY, API_SECRET, SandboxState, access_token_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from os import PathLike
    from types import TracebackType
    from typing import Self

    from .background import BackgroundServer
    from .contract import Contract


class Credentials(TypedDict):
    """What a client needs to reach a sandbox."""

    api_key: str
    api_secret: str
    base_url: str


class Sandbox(Controls, ReplyControls):
    """A local Torus on a real socket of 127.0.0.1, served by a thread of this process.

    Use it in a `with`, or call `start` and `stop`, each as often as you like. One that is started again has another
    port (unless it was given one) and still knows its request tokens, and the replies and faults that were set. All of
    it is safe to use from any thread.

    Each access token belongs to a user: who logged in, or for whom its request token was issued; a code of the
    authenticator is that of `sandbox-user`. Everybody has the examples of the document, until `set_reply` gives a user,
    or everybody, something else, or `set_price` lets the sandbox trade.

    It serves its document, too, at `/openapi.json` and `/openapi.yaml`: with this sandbox in the place of its
    `servers`, by the host and port of the request, so that a Swagger UI that is pointed at it calls the sandbox, and
    never the real service.

    Args:
        port: the port to listen on; 0 lets the system pick a free one.
        clock: seconds that only grow, by which request tokens expire; another one lets a test travel in time.
        wall_clock: seconds since the epoch, by which codes come and go.
        redirect_url: the end URL that is registered, where a login leads with its request token: on a loopback host.
            Without it, a page of the sandbox shows the request token.
        send: called with the user and each one-time password, in the place of an e-mail.
        scenario: what is set as it starts for the first time, as `set_scenario` takes it.
        document: the OpenAPI 3.0 document to serve, JSON or YAML, instead of the one that ships. Each operation but
            the session calls is answered with the first example of its reply, and with a 501 where it has none. A
            `reference.html` beside the document is its reference page.

    Attributes:
        api_key: the API key that it accepts; plainly fake.
        api_secret: the API secret that it accepts; plainly fake.
        totp_secret: the secret of the authenticator app, in base32; plainly fake.

    Raises:
        ValueError: `redirect_url` is no such URL.
    """

    api_key = API_KEY
    api_secret = API_SECRET
    totp_secret = TOTP_SECRET

    def __init__(  # noqa: PLR0913 - keyword-only
        self,
        *,
        port: int = 0,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        redirect_url: str | None = None,
        send: Callable[[str, str], None] | None = None,
        scenario: str | PathLike[str] | Mapping[str, object] | None = None,
        document: str | PathLike[str] | None = None,
    ) -> None:
        self._port = port
        self._document = None if document is None else Path(document)
        self._scenario = scenario
        self._end = EndURL(redirect_url)
        self._state = SandboxState(clock=clock, wall_clock=wall_clock, send=send)
        self._lock = Lock()
        self._server: BackgroundServer | None = None
        self._running: tuple[str, Contract] | None = None

    def start(self) -> Self:
        """Start serving; return once requests are answered. Does nothing when it has been started.

        Raises:
            SandboxMissing: the extra `sandbox` is not installed.
            OSError: the port cannot be bound.
            OverflowError: the port is not 0 to 65535.
            ValueError: the document cannot be read, is no OpenAPI 3.0 document, or has an example that does not
                fit its schema; or the scenario is wrong.
        """
        with needs_extra():
            import pyotp  # noqa: F401, PLC0415 - what makes the codes

            from .app import build_app  # noqa: PLC0415 - whoever does not start a sandbox does not pay for it
            from .background import BackgroundServer  # noqa: PLC0415
            from .contract import Contract  # noqa: PLC0415
            from .document import read  # noqa: PLC0415
            from .scenario import play  # noqa: PLC0415
        with self._lock:
            if self._server is None:
                reference: str | None
                if self._document is None:
                    contract, reference = _shipped()
                else:
                    contract, reference = Contract(read(self._document)), _reference_beside(self._document)
                    contract.check_examples()
                if self._scenario is not None:
                    play(self._state, contract, self._scenario)
                    self._scenario = None
                listener = listen(self._port)
                origin = f"http://{HOST}:{listener.getsockname()[1]}"
                server = BackgroundServer(build_app(self._state, contract, self._end, reference), listener)
                server.start()
                self._server, self._running = server, (origin, contract)
        return self

    def stop(self) -> None:
        """Stop serving and end the thread. Does nothing when it has not been started."""
        with self._lock:
            if self._server is not None:
                self._server.stop()
                self._server = self._running = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @half_built_too
    def __repr__(self) -> str:
        return f"<Sandbox at {self.base_url}>" if self._running else "<Sandbox, not running>"

    @property
    def base_url(self) -> str:
        """The base URL of its API, with the path of the real one.

        Raises:
            RuntimeError: it is not running.
        """
        origin, contract = self._where()
        return origin + contract.base_path

    @property
    def origin(self) -> str:
        """Scheme, host and port; raises as `base_url` does."""
        return self._where()[0]

    @property
    def login_url(self) -> str:
        """The page on which users log in; raises as `base_url` does."""
        return f"{self.origin}/connect/login/{self.api_key}"

    @property
    def credentials(self) -> Credentials:
        """What `TorusConnect(**sandbox.credentials)` takes; raises as `base_url` does."""
        return {"api_key": self.api_key, "api_secret": self.api_secret, "base_url": self.base_url}

    @property
    def exchanges(self) -> int:
        """How many request tokens and codes have been exchanged for an access token so far."""
        return self._state.exchanges

    def issue_request_token(self, expires_in: float | None = None, *, user: str = DEFAULT_USER) -> str:
        """Issue a request token, as a login does.

        Args:
            expires_in: seconds for which it is good, 0 to 86400; 300 unless given. 0 yields one that has expired.
            user: who is logged in, by any name; in a browser, it is the e-mail address or the mobile number.

        Raises:
            ValueError: `expires_in` is no number, or out of range; or `user` is empty, over 200 characters, or not
                printable.
        """
        return self._state.issue(expires_in, user)

    def set_scenario(self, scenario: str | PathLike[str] | Mapping[str, object]) -> None:
        """Set prices, funds, holdings and faults at once, now or later: all of them, or nothing.

        Args:
            scenario: the path of a YAML file, or what it holds. Each of its names is a part: `prices`, `funds`,
                `holdings`, `market`, `book_lag`, `lose_replies` hold what the methods of this class take; `then` is a
                list of further ones, each with `at`, in seconds from now. What is due is set with the first call after.

        Raises:
            ValueError: the file cannot be read, or something in it is wrong. The message has the file, where it is
                wrong, and the nearest right name.
            RuntimeError: it is not running.
        """
        from .scenario import play  # noqa: PLC0415 - the extra

        play(self._state, self._served(), scenario)

    def reset(self) -> None:
        """Forget all that was set, and all that was traded; tokens and sessions stay good."""
        self._state.reset()

    def one_time_password(self, user: str | None = None) -> str | None:
        """Return the last one-time password that was sent to a user, or to anybody; `None` where there is none.

        Args:
            user: the e-mail address or the mobile number, as it was typed, without white space.
        """
        sent = self._state.logins.last_sent(user)
        return sent and sent.password

    def totp_code(self) -> str:
        """Return a code of the authenticator that has not been used; another one each time, without a wait.

        Raises:
            ConfigurationError: the extra `sandbox` is not installed.
        """
        return self._state.codes.show()

    @staticmethod
    def access_token_for(request_token: str) -> str:
        """Return the access token that this request token is exchanged for, so that a test can tell whose it is."""
        return access_token_for(request_token)

    def _served(self) -> Contract:
        return self._where()[1]

    def _where(self) -> tuple[str, Contract]:
        if self._running is None:
            msg = "the sandbox is not running: use it in a `with`, or call start()"
            raise RuntimeError(msg)
        return self._running


@cache
def _shipped() -> tuple[Contract, str]:
    """Return what every sandbox of the document that ships can share, and its reference page."""
    from .contract import Contract  # noqa: PLC0415 - the extra

    return Contract(), reference_page()  # the examples are checked by the tests


def _reference_beside(document: Path) -> str | None:
    try:
        return document.with_name("reference.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
