"""What goes to this machine goes past every proxy, however one is set."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from ipaddress import ip_address
from urllib.parse import urlsplit

_USABLE = ("", "http", "https")
_NAMES = ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "grpc_proxy")
_GRPC = "no_grpc_proxy"
_CERTIFICATES = "SSL_CERT_FILE"
_EXCEPTIONS = ("no_proxy", "NO_PROXY", _GRPC)


def is_loopback(url: str) -> bool:
    """Whether the server of this URL is on this machine."""
    return is_this_machine(urlsplit(url).hostname or "")


def is_this_machine(host: str) -> bool:
    """Whether a name or an address, without brackets, is this machine's for itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def past_proxies(url: str) -> Iterator[None]:
    """Reach a URL on this machine directly inside, and leave the environment as it was."""
    before = dict(os.environ)
    go_past_proxies(url)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


def go_past_proxies(url: str) -> None:
    """Let this process and those that it starts reach a URL on this machine directly.

    Through the environment, which Python's HTTP libraries, gRPC, curl and others read. What is
    excepted already stays so. What the HTTP library of `openai` cannot use (SOCKS without its
    package, a port that is no number, an exception that is a network of IPv6, certificates that
    are not there) ends every client of it before the first request, so it is taken out.
    """
    if not is_loopback(url):
        return
    host = urlsplit(url).hostname or ""
    excepted = [
        entry
        for name in _EXCEPTIONS
        for listed in os.environ.get(name, "").split(",")
        if (entry := listed.strip().strip("[]")) and _is_exception(entry)
    ]
    merged = ",".join(dict.fromkeys([*excepted, host, "127.0.0.1", "localhost", "::1"]))
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = merged
    if _GRPC in os.environ:
        os.environ[_GRPC] = merged
    for name in [variable for variable in os.environ if variable.lower() in _NAMES]:
        if not _is_usable(os.environ[name]):
            del os.environ[name]
    if _CERTIFICATES in os.environ and not _has_certificates(os.environ[_CERTIFICATES]):
        del os.environ[_CERTIFICATES]


def _is_exception(entry: str) -> bool:
    """Whether an entry of NO_PROXY is one that httpx can read."""
    with suppress(ValueError):
        ip_address(entry)
        return True
    return _has_port(entry if "://" in entry else f"all://{entry}")


def _has_port(url: str) -> bool:
    """Whether the port of a URL, where it has one, is a number."""
    try:
        urlsplit(url).port  # noqa: B018 - reading it is what raises
    except ValueError:
        return False
    return True


def _is_usable(proxy: str) -> bool:
    url = proxy if "://" in proxy else f"http://{proxy}"
    if not _has_port(url) or not urlsplit(url).hostname:
        return False
    scheme = proxy.partition("://")[0].lower() if "://" in proxy else ""
    if scheme in ("socks5", "socks5h"):
        return find_spec("socksio") is not None
    return scheme in _USABLE


def _has_certificates(path: str) -> bool:
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError:
        return False
    return True
