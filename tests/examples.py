"""Settings of property tests: the same examples each time, and a busy machine is no failure."""

from hypothesis import HealthCheck, settings

QUICK = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
