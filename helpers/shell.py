"""The IPython that this process runs in, if it does; nothing of it is imported for that."""

from __future__ import annotations

import sys
from typing import Any


def current_shell() -> Any:
    """IPython's shell; None in a plain Python."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None
