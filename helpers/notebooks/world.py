"""Another world for a kernel: what a notebook shows must not say where, when or by whom it was run.

`WORLD=another` has the tests execute every notebook in it, and compare with the stored outputs as
ever. Home, user, host, folder, time zone, language, number of cores and clock are others there; the
hash seed is another in every session, as kernels are forked from a process that has its own.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "WORLD"
ANOTHER = "another"

ENVIRONMENT = {
    "USER": "ada",
    "LOGNAME": "ada",
    "USERNAME": "ada",
    "HOSTNAME": "elsewhere",
    "TZ": "Pacific/Kiritimati",
    "LANG": "de_DE.UTF-8",
    "LC_ALL": "C.UTF-8",
    "COLUMNS": "61",
    "LINES": "17",
}

# Run by IPython before the first cell. Classes are replaced, and not functions of them alone, since
# those of the standard library cannot be changed.
STARTUP = """\
def _another_world():
    import datetime, os, platform, socket, time

    ahead = 400 * 86400 + 12345.678
    real, real_date, clock = datetime.datetime, datetime.date, time.time

    class As(type):
        def __instancecheck__(cls, value):
            return isinstance(value, cls.__mro__[1])

    class datetime_(real, metaclass=As):
        @classmethod
        def now(cls, tz=None):
            return real.now(tz) + datetime.timedelta(seconds=ahead)

        @classmethod
        def utcnow(cls):
            return real.now(datetime.timezone.utc).replace(tzinfo=None) + datetime.timedelta(
                seconds=ahead
            )

        today = now

    class date(real_date, metaclass=As):
        @classmethod
        def today(cls):
            return datetime_.now().date()

    datetime_.__name__ = datetime_.__qualname__ = "datetime"
    datetime.datetime, datetime.date = datetime_, date
    # Not time.time, by which libraries count how long they wait, and which no two runs share.
    for name in ("localtime", "gmtime", "ctime"):
        read = getattr(time, name)
        setattr(time, name, lambda at=None, read=read: read(clock() + ahead if at is None else at))
    write = time.strftime
    time.strftime = lambda form, at=None: write(form, time.localtime() if at is None else at)
    if hasattr(time, "tzset"):
        time.tzset()
    cores = (os.cpu_count() or 1) + 5
    os.cpu_count = lambda: cores
    if hasattr(os, "sched_getaffinity"):
        os.sched_getaffinity = lambda pid=0: {*range(cores)}
    socket.gethostname = platform.node = lambda: "elsewhere"


_another_world()
del _another_world
"""


@dataclass(frozen=True)
class World:
    """Where a kernel runs: its folder, what its environment has besides, and what runs first."""

    folder: Path
    environment: dict[str, str]
    startup: str


def chosen() -> bool:
    """Whether this session is to execute the notebooks in another world."""
    value = os.environ.get(VARIABLE, "")
    if value not in ("", ANOTHER):
        raise ValueError(f"{VARIABLE} is {value!r}; it can be {ANOTHER!r}, or not set")
    return value == ANOTHER


def another(notebooks: Path, place: Path) -> World:
    """One in `place`, a new folder, to which what is beside the notebooks is copied."""
    folder = place / "another folder" / "notebooks"
    shutil.copytree(notebooks, folder)
    home, temporary = place / "home", place / "temporary"
    home.mkdir()
    temporary.mkdir()
    places = {"HOME": str(home), "USERPROFILE": str(home), "TMPDIR": str(temporary)}
    return World(folder, ENVIRONMENT | places, STARTUP)
