"""Choose where a notebook's requests go, export it to the environment, and say which it is.

Three backends: `mock`, embedded and offline; `live`, Clarifai itself; `compatible`, any other
server that speaks the OpenAI format. A PAT goes only to Clarifai or to a base URL that was set
explicitly, and there is no fallback: a live call that fails never becomes a mock reply.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from threading import Timer
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from helpers import missing
from helpers.address import is_address, shown
from helpers.mock import BEFORE_A_MODEL, MOCK_PAT, OPENAI_PATH, SERVER_HEADER, Mock, start
from helpers.models import API_HOST
from helpers.proxies import go_past_proxies, past_proxies
from helpers.secrets import hide, hide_known
from helpers.shell import current_shell
from helpers.transcript import start_capture

Backend = Literal["mock", "live", "compatible"]

LIVE_URL = f"https://{API_HOST}"
DEFAULT_MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"
SECRETS_PAGE = "https://clarifai.com/me/settings/secrets"

# The form that every PAT seen so far has; Clarifai does not document it, so another is not refused.
_PAT = re.compile(r"[0-9a-f]{32}")
_PLACEHOLDER = re.compile(
    r"your|clarifai_?pat|pat_here|<.*>|^pat$|^key$|^x+$|\.\.\.", re.IGNORECASE
)
_LONG = 200
_PATIENCE = 20
_GET_A_PAT = f"Copy a PAT from {SECRETS_PAGE} (Settings → Secrets)"
# What a client adds to a base URL.
_CALLS = ("/chat/completions", "/completions", "/responses", "/embeddings", "/models")
_NAMES = ("CLARIFAI_BACKEND", "CLARIFAI_BASE_URL", "CLARIFAI_PAT")
# A line of `.env` that is about one of them, in whatever way it sets it.
_MEANT = re.compile(
    rf"^(?:[^\w#\n]++|(?:export|set|setx|env)\b)*({'|'.join(_NAMES)})\b", re.MULTILINE
)
# What the client reads from the environment beside its own arguments.
_OF_THE_CLIENT = re.compile(r"SSL\w+|OPENAI_\w+|\w+_proxy", re.IGNORECASE)


class EndpointError(ValueError):
    """An endpoint that cannot be used; the message says what is wrong and what to do next."""


@dataclass(frozen=True)
class Endpoint:
    """A backend's base URL and its key. `simulated` says that no model is behind it."""

    backend: Backend
    base_url: str
    api_key: str
    simulated: bool = False

    def __repr__(self) -> str:
        return f"Endpoint({self.backend!r}, {shown(self.base_url)!r}, simulated={self.simulated})"

    @property
    def url(self) -> str:
        """What stands for https://api.clarifai.com: the base URL without the OpenAI path."""
        return self.base_url.removesuffix(OPENAI_PATH)


_endpoint: Endpoint | None = None
_mock: Mock | None = None
# What the user had set before an endpoint was exported over it.
_given: dict[str, str] = {}


def current_endpoint() -> Endpoint | None:
    """The endpoint that `use_endpoint` chose last in this process."""
    return _endpoint


def use_endpoint(
    backend: Backend | None = None, *, base_url: str | None = None, api_key: str | None = None
) -> None:
    """Choose the backend, export it as environment variables, and print one line that says which.

    The first that applies: the arguments; CLARIFAI_BACKEND; CLARIFAI_BASE_URL (compatible, or a
    mock that runs already); CLARIFAI_PAT (live); the same names in a file `.env` here or in a
    folder above, as far as the project's; nothing (mock).

    Exports CLARIFAI_BASE_URL, CLARIFAI_PAT, and CLARIFAI_API_BASE, which the Clarifai SDK reads.
    Raises EndpointError, and leaves the environment as it was.
    """
    global _endpoint
    settings = _settings()
    backend = backend or _backend(settings.get("CLARIFAI_BACKEND"))
    base_url = base_url or (settings.get("CLARIFAI_BASE_URL") if backend != "live" else None)
    api_key = settings.get("CLARIFAI_PAT") if api_key is None else api_key
    if backend == "mock":
        endpoint = _mock_endpoint()
    elif base_url is not None:
        endpoint = _compatible(base_url, api_key)
    elif backend == "compatible":
        raise EndpointError(
            "Backend 'compatible' needs a server: set CLARIFAI_BASE_URL to its base URL."
        )
    elif backend == "live" or api_key is not None:
        endpoint = _live(api_key)
    else:
        endpoint = _mock_endpoint()
    go_past_proxies(endpoint.base_url)
    _export(endpoint)
    _endpoint = endpoint
    start_capture(endpoint)
    missing.install(current_shell())
    print(_line(endpoint))


def foreseen_backend() -> Backend | None:
    """What `use_endpoint()` would choose, without asking Clarifai; None where nothing is set.

    Raises EndpointError as that would.
    """
    settings = _settings()
    base_url, key = settings.get("CLARIFAI_BASE_URL"), settings.get("CLARIFAI_PAT")
    named = _backend(settings.get("CLARIFAI_BACKEND"))
    if named or (base_url is None and key is None):
        return named
    if base_url is not None:
        return _compatible(base_url, key).backend
    _check_pat(key or "")
    return "live"


def _settings() -> dict[str, str]:
    """What the user set, in the environment or in `.env`, without what was exported by this
    module."""
    found = {name: os.environ[name] for name in _NAMES if name in os.environ}
    if _endpoint is not None:
        exported = {"CLARIFAI_BASE_URL": _endpoint.base_url, "CLARIFAI_PAT": _endpoint.api_key}
        found = {name: value for name, value in found.items() if exported.get(name) != value}
    found = _given | found
    if not found:
        found = read_dotenv()
    _given.update(found)
    return found


def read_dotenv() -> dict[str, str]:
    """What the file `.env` that counts here sets. Raises EndpointError if it is not readable."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        path = folder / ".env"
        if path.is_file():
            from dotenv import dotenv_values

            text = _decoded(path)
            values = dotenv_values(stream=StringIO(text), encoding=None)
            for name in _MEANT.findall(text):
                if name not in values:
                    raise EndpointError(
                        f"{path} does not set {name}: write it as {name}=..., unquoted."
                    )
            # An empty one is a line of a template that nobody filled in.
            found = {name: value for name in _NAMES if (value := values.get(name))}
            if not all(value.isascii() for value in found.values()):
                raise EndpointError(f"{path} has letters that no key has: save it as UTF-8.")
            return found
        if (folder / "pyproject.toml").exists() or (folder / ".git").exists():
            break
    return {}


def _decoded(path: Path) -> str:
    """The text of a file that any editor may have saved: UTF-8, UTF-16, or in a code page."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EndpointError(f"Cannot read {path}: {error.strerror}.") from None
    try:
        return content.decode(json.detect_encoding(content))
    except ValueError:
        # In every code page, names and keys are the same bytes.
        return content.decode("latin-1")


def _backend(name: Any) -> Backend | None:
    if name and name not in get_args(Backend):
        raise EndpointError(
            f"There is no backend {name!r}: set CLARIFAI_BACKEND to mock, live or compatible."
        )
    return name or None


def _mock_endpoint() -> Endpoint:
    global _mock
    if _mock is None:
        _mock = start()
    return Endpoint("mock", _mock.base_url, MOCK_PAT, simulated=True)


def _live(pat: str | None) -> Endpoint:
    if pat is None:
        raise EndpointError(f"Backend 'live' needs a PAT: {_GET_A_PAT} and set CLARIFAI_PAT to it.")
    _check_pat(pat)
    if not _PAT.fullmatch(pat):
        note = "CLARIFAI_PAT does not look like a PAT (32 hexadecimal digits); it is used as it is."
        print(note, file=sys.stderr)
    base_url = LIVE_URL + OPENAI_PATH
    _server(base_url, pat)
    return Endpoint("live", base_url, pat)


def _compatible(base_url: str, key: str | None) -> Endpoint:
    if key is not None:
        _check_pat(key)
    base_url = base_url.strip().rstrip("/")
    if not is_address(base_url):
        raise EndpointError(
            f"CLARIFAI_BASE_URL is {shown(base_url)!r}, which is not the address of a server:"
            " write it as http://HOST:PORT/PATH or https://HOST/PATH, and nothing after that."
        )
    server = _server(base_url, key or MOCK_PAT)
    if server in (SERVER_HEADER, BEFORE_A_MODEL):
        # Of this process alone, so that the faults of others who use the same mock pass it by.
        own = f"{os.getpid():032x}" if key in (None, MOCK_PAT) else key
        return Endpoint("mock", base_url, own or MOCK_PAT, simulated=server == SERVER_HEADER)
    return Endpoint("compatible", base_url, key or MOCK_PAT)


def _server(base_url: str, key: str) -> str | None:
    """Ask for the models once: what the server calls itself, or EndpointError if it is no use.

    Through the client that the notebooks use, so that proxies and certificates are the same.
    """
    from openai import APIConnectionError, APIStatusError, AuthenticationError, OpenAI

    try:
        with (
            past_proxies(base_url),
            OpenAI(base_url=base_url, api_key=key, max_retries=0, timeout=10) as client,
            _in_time(client.close),
        ):
            headers = client.models.with_raw_response.list().headers
    except AuthenticationError as error:
        raise EndpointError(
            f"{shown(base_url)} does not accept the key in CLARIFAI_PAT (HTTP 401:"
            f" {_description(error.body, key)}). {_GET_A_PAT} that has not been deleted,"
            " and set CLARIFAI_PAT to it."
        ) from None
    except APIStatusError as error:
        server: str | None = error.response.headers.get("server")
        if error.status_code == 404:
            _check_path(base_url, server)
        # Somebody answers; whether it lists models is not what was asked.
        return server
    except APIConnectionError as error:
        advice = "Check the network and the address"
        if sys.platform == "emscripten":
            advice = "A browser tab reaches only servers that let its page in: run it in a clone"
        raise EndpointError(
            f"No server answers at {shown(base_url)} ({error.__cause__ or error}). {advice},"
            " or unset CLARIFAI_BASE_URL and CLARIFAI_PAT to use the mock."
        ) from None
    except Exception as error:  # noqa: BLE001 - a variable that it reads can break it in any way
        read = ", ".join(sorted(filter(_OF_THE_CLIENT.fullmatch, os.environ)))
        raise EndpointError(
            f"The client cannot be used ({type(error).__name__}: {hide(str(error))}): check what"
            f" the environment sets for it ({read or 'nothing'}), and CLARIFAI_BASE_URL."
        ) from None
    if headers.get("content-type", "").startswith("text/html"):
        raise EndpointError(
            f"A web page is served at {shown(base_url)}, and no API: check the address, which"
            " ends in /v1 for most servers, and whether the network wants you to log in first."
        )
    name: str | None = headers.get("server")
    if name == SERVER_HEADER and not base_url.endswith(OPENAI_PATH):
        # Clarifai's own API lists models too.
        _check_path(base_url, name)
    return name


@contextmanager
def _in_time(close: Callable[[], None]) -> Iterator[None]:
    """Close what takes too long in all: the client's own limit is for each piece that comes."""
    late = Timer(_PATIENCE, close)
    if sys.platform != "emscripten":  # which has no threads
        late.start()
    try:
        yield
    except Exception as error:
        if late.finished.is_set():
            error.__cause__ = TimeoutError(f"no whole answer in {_PATIENCE} s")
        raise
    finally:
        late.cancel()


def _description(body: object, key: str) -> str:
    """What a server says is wrong, in one line and without the key, which some repeat."""
    said = body
    if isinstance(body, dict):
        said = body.get("description") or body.get("message") or body
    line = " ".join(hide(hide_known(str(said), {key})).split())
    return line if len(line) <= _LONG else f"{line[:_LONG]} ..."


def _check_path(base_url: str, server: str | None) -> None:
    """Raise EndpointError where a 404 for the list of models means a wrong address."""
    path = urlsplit(base_url).path
    right = LIVE_URL + OPENAI_PATH
    call = next((ending for ending in _CALLS if path.endswith(ending)), None)
    if call:
        advice = f"leave out {call}, which the client adds"
    elif not path or server == SERVER_HEADER:
        advice = f"a base URL has the path of the API, as {right} does; many servers have /v1"
    else:
        return
    raise EndpointError(
        f"Nothing is served below {shown(base_url)} (HTTP 404 for its models):"
        f" set CLARIFAI_BASE_URL to the whole base URL; {advice}."
    )


def _check_pat(pat: str) -> None:
    if not pat.strip():
        problem = "is empty"
    elif not pat.isascii() or not pat.strip().isprintable():
        problem = "has a character that no key has"
    elif pat != pat.strip() or re.search(r"\s", pat):
        problem = "has white space in it"
    elif re.search("[\"'`]", pat):
        problem = "has quotation marks in it"
    elif _PLACEHOLDER.search(pat):
        problem = "is still the placeholder from an example"
    else:
        return
    raise EndpointError(
        f"CLARIFAI_PAT {problem}. {_GET_A_PAT} and set CLARIFAI_PAT to it,"
        " or unset CLARIFAI_PAT to use the mock."
    )


def _export(endpoint: Endpoint) -> None:
    os.environ["CLARIFAI_BASE_URL"] = endpoint.base_url
    os.environ["CLARIFAI_PAT"] = endpoint.api_key
    os.environ["CLARIFAI_API_BASE"] = endpoint.url


def _line(endpoint: Endpoint) -> str:
    match endpoint:
        case Endpoint(backend="live"):
            return f"Backend: live. Requests go to {LIVE_URL}, with your PAT."
        case Endpoint(backend="mock", simulated=False):
            return "Backend: mock. Chats are answered by the real model behind it."
        case Endpoint(backend="mock"):
            return (
                "Backend: mock. Replies are simulated on this machine;"
                " set CLARIFAI_PAT and restart to talk to Clarifai."
            )
        case _:
            return f"Backend: compatible. Requests go to {shown(endpoint.base_url)}."
