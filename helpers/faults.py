"""Make the mock fail, so that a program's way of dealing with it can be seen and tested."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress

from helpers.control import control
from helpers.endpoint import EndpointError, current_endpoint
from helpers.mock import MOCK_PAT, OPENAI_PATH

_PATH = "/_mock/faults"


class Fault:
    """A fault of the mock, and how often it struck."""

    def __init__(self, name: str, ask: Callable[[], int] | None = None) -> None:
        """`ask` asks the mock for the count; without it there is none."""
        self.name = name
        self._ask = ask
        self._hits: int | None = None

    @property
    def hits(self) -> int | None:
        """How many requests it struck, so far or in all; None where no mock counts."""
        if self._ask is not None:
            with suppress(OSError):
                self._hits = self._ask()
        return self._hits

    def _end(self, hits: int) -> None:
        self._ask, self._hits = None, hits


@contextmanager
def fault(
    name: str,
    *,
    times: int | None = None,
    model: str | None = None,
    after: int | None = None,
    seconds: float | None = None,
    per_second: int | None = None,
    mock: str | None = None,
) -> Iterator[Fault]:
    """Until the context ends, requests fail as `name` says: the first `times`, or all of them.

        with fault("busy", times=2):
            reply = client.chat.completions.create(...)

    With `model`, only requests for that model. `after` counts the chunks that a stream brings
    before it fails; `seconds` is the length of a pause; `per_second` turns rate_limit into a
    limit that lets so many pass. `mock` is the address of a mock other than the one in use.

    `kinds` lists the names. Raises EndpointError if the requests do
    not go to a mock, and ValueError for a fault that makes no sense.
    """
    url, key = _address(mock)
    wish = {"name": name, "times": times, "model": model, "after": after, "seconds": seconds}
    armed = control(url, key, "POST", _PATH, wish | {"per_second": per_second})
    path = f"{_PATH}/{armed['id']}"
    handle = Fault(name, lambda: int(control(url, key, "GET", path)["hits"]))
    try:
        yield handle
    finally:
        # A mock that has ended has no faults left; what ended the context is what matters then.
        with suppress(ConnectionError):
            handle._end(control(url, key, "DELETE", path)["hits"])


def kinds(mock: str | None = None) -> dict[str, str]:
    """Every fault's name, with what it does; `mock` is the address of one other than that in use.

    Raises EndpointError if the requests do not go to a mock.
    """
    listed = control(*_address(mock), "GET", _PATH)["kinds"]
    return {name: kind["what"] for name, kind in listed.items()}


@contextmanager
def paced(seconds: float = 0.01) -> Iterator[None]:
    """Until the context ends, the mock's streams take their time, as a model's do.

    A pause of so many seconds before every chunk, and twenty of them before the first. Any other
    backend has a pace of its own, and is left alone.
    """
    endpoint = current_endpoint()
    slow = endpoint is not None and endpoint.simulated
    with fault("slow_stream", seconds=seconds) if slow else nullcontext():
        yield


@contextmanager
def limited(per_second: int = 15, *, seconds: float = 0.1) -> Iterator[Fault]:
    """Until the context ends, the mock refuses more requests a second, and takes time for replies.

    So a batch meets on the mock what it would meet at Clarifai. Any other backend has limits and a
    pace of its own, and is left alone; `hits`, how many requests were refused, is then None.
    """
    endpoint = current_endpoint()
    if endpoint is None or endpoint.backend != "mock":
        yield Fault("rate_limit")
        return
    # The limit comes first: what it refuses is refused at once.
    with (
        fault("rate_limit", per_second=per_second) as limit,
        fault("slow_first_token", seconds=seconds),
    ):
        yield limit


def _address(mock: str | None) -> tuple[str, str]:
    """Where the mock is, and the key of the requests that are to fail."""
    if mock is not None:
        return mock.rstrip("/").removesuffix(OPENAI_PATH), MOCK_PAT
    endpoint = current_endpoint()
    if endpoint is None:
        raise EndpointError("Faults are made by the mock: call use_endpoint() first.")
    if endpoint.backend != "mock":
        raise EndpointError(
            f"Faults are made by the mock, but the backend is {endpoint.backend!r}, whose failures"
            " are its own. Use use_endpoint('mock')."
        )
    return endpoint.url, endpoint.api_key
