"""Refuse every connection that leaves this machine, in the test process and in its kernels.

Standard library only: kernels load this file from `sitecustomize`, before anything else.

What an audit hook cannot see: gRPC's C core, programs that are not Python, and Python started with
-I, -E or -S. `environment()` sends gRPC and curl to a proxy that does not exist; the others are for
review.
"""

import ipaddress
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Port 9 (discard) on loopback: nothing listens there, so what is sent to it is refused at once.
NOWHERE = "http://127.0.0.1:9"
LOOPBACK_NAMES = "localhost,127.0.0.1,::1"
FOLDER = str(Path(__file__).resolve().parent)

SECRET_NAME = re.compile(r"CLARIFAI_.*|OPENAI_.*|.*_API_KEY|(.*_)?PAT")
PROXY_NAME = re.compile(r"(.*_)?proxy", re.IGNORECASE)


KEYS = ("CLARIFAI_PAT", "CLARIFAI_API_KEY", "OPENAI_API_KEY")


class NotLoopback(BaseException):
    """Code under test tried to reach an address outside this machine.

    Not an `Exception`: clients retry those and wrap them, and the address would be lost on the way.
    """


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment of a test run: `inherited` without keys and proxies, and with this guard."""
    kept = {
        name: value
        for name, value in inherited.items()
        if not SECRET_NAME.fullmatch(name) and not PROXY_NAME.fullmatch(name)
    }
    # A proxy on loopback would carry requests out past the guard.
    kept["no_proxy"] = "*"
    kept["grpc_proxy"] = NOWHERE
    kept["no_grpc_proxy"] = LOOPBACK_NAMES
    # Where curl looks for its settings; `no_proxy` is not asked when they name what needs no proxy.
    kept["CURL_HOME"] = FOLDER
    # A folder without certificates, as nothing here is asked over TLS: to load the usual ones takes
    # each client of `openai`, so nearly each test, 30 ms of a processor.
    kept.pop("SSL_CERT_FILE", None)
    kept["SSL_CERT_DIR"] = FOLDER
    path = kept.get("PYTHONPATH", "").split(os.pathsep)
    kept["PYTHONPATH"] = os.pathsep.join([FOLDER, *(p for p in path if p not in ("", FOLDER))])
    return kept


def real_keys(inherited: Mapping[str, str]) -> list[str]:
    """The variables that hold a key which is not the mock's, all zeros."""
    return [name for name in KEYS if inherited.get(name, "").strip("0")]


def is_loopback(host: Any) -> bool:
    """Whether a socket call with this host stays here. None and "" mean any address of our own."""
    if isinstance(host, bytes | bytearray):
        host = host.decode("ascii", "replace")
    if not host or host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def install() -> None:
    """Start refusing. Calling it again changes nothing; an audit hook cannot be removed."""
    global _installed
    if not _installed:
        _installed = True
        sys.addaudithook(_refuse)


_installed = False
_WITH_HOST = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
_WITH_ADDRESS = ("socket.connect", "socket.sendto", "socket.sendmsg")


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if not event.startswith("socket."):
        return
    if event in _WITH_HOST:
        host = arguments[0]
    elif event in _WITH_ADDRESS:
        # A path (AF_UNIX) or None (already connected) stays here; so does any other local family.
        address = arguments[1]
        if not isinstance(address, tuple) or not isinstance(address[0], str | bytes):
            return
        host = address[0]
    else:
        return
    if not is_loopback(host):
        raise NotLoopback(
            f"{event} to {host!r}: tests reach loopback only. "
            "Use the mock (use_endpoint()), or a server on 127.0.0.1."
        )
