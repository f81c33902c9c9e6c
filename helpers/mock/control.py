"""Who may use the control routes, `/_mock/...`, by which a program steers and asks the mock itself.

They take connections from this machine only, addressed to it by its own name (localhost or its
address), with a key as every other route does; each key sees and steers its own requests alone.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from starlette.requests import Request
from starlette.types import Scope

from helpers.mock import errors
from helpers.mock.errors import ApiError
from helpers.mock.gateway import authorize, header

_THIS_MACHINE = re.compile(r"(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?", re.IGNORECASE)


def caller(request: Request) -> bytes:
    """The key of a request to a control route. Raises ApiError for one that may not use it."""
    client = request.client
    if client is None or not ip_address(client.host).is_loopback:
        details = "The mock is controlled from the machine that it runs on."
        raise ApiError(errors.INSUFFICIENT_SCOPES, details)
    if not _THIS_MACHINE.fullmatch(request.headers.get("host", "")):
        # A page of another host may have had its name point to this machine.
        details = "Address the control route as localhost, or by this machine's own address."
        raise ApiError(errors.INSUFFICIENT_SCOPES, details)
    authorize(request.headers.get("authorization", "").encode("latin-1"))
    return key_of(request.scope)


def key_of(scope: Scope) -> bytes:
    """The key that a request brings, whatever scheme it comes in; empty where it brings none."""
    return header(scope, b"authorization").partition(b" ")[2]
