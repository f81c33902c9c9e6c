"""Python runs this at its start when the folder is on PYTHONPATH: see `loopback_only`."""

import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path

# Under the name by which tests import it, but without importing `helpers`: there is one guard, with
# one `NotLoopback`, and a process that needs nothing else of ours starts as fast as before.
NAME = "helpers.notebooks.hermetic.loopback_only"
FOLDER = Path(__file__).resolve().parent


def _run(spec: importlib.machinery.ModuleSpec | None, name: str | None = None) -> None:
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        if name is not None:
            sys.modules[name] = module
        spec.loader.exec_module(module)


_run(importlib.util.spec_from_file_location(NAME, FOLDER / "loopback_only.py"), NAME)
sys.modules[NAME].install()

# The kernel of a notebook has to behave as it does for a reader: ipykernel, for one, stops showing
# what subprocesses print when it believes itself inside a test.
if "ipykernel_launcher" in sys.orig_argv:
    for name in [name for name in os.environ if name.startswith("PYTEST_")]:
        del os.environ[name]

# This file hides the installation's own sitecustomize, if it has one: run that as well.
_elsewhere = [part for part in sys.path if Path(part).resolve() != FOLDER]
_run(importlib.machinery.PathFinder.find_spec("sitecustomize", _elsewhere))
