"""The address of a server: whether it can be one, and what of it may be shown."""

import re
from urllib.parse import urlsplit

from helpers.secrets import hide


def is_address(url: str) -> bool:
    """Whether a client can add paths to this URL, and send requests there."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna")
        beside = parts.query or parts.fragment or not url.isprintable()
        return parts.scheme in ("http", "https") and bool(host) and parts.port != 0 and not beside
    except ValueError:
        return False


def shown(url: str) -> str:
    """A URL without the user, password, query or fragment that may have a secret in them."""
    address = re.sub("[?#;].*", "...", url, flags=re.DOTALL)
    return hide(re.sub(r"^(https?://)?.*@", r"\1***@", address))
