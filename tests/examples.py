"""How many examples a property test tries."""

import os

from hypothesis import HealthCheck, settings


def examples(number: int) -> settings:
    """The same every time, and a busy machine is no failure.

    `SEEK=20 pytest ...` tries 20 times as many, and other ones.
    """
    seek = int(os.environ.get("SEEK", "0"))
    return settings(
        max_examples=number * (seek or 1),
        derandomize=not seek,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


QUICK = examples(30)
