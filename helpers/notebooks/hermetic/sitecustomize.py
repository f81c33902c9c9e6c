"""Python runs this at its start when the folder is on PYTHONPATH: see `loopback_only`."""

import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path

import loopback_only  # type: ignore[import-not-found]

loopback_only.install()

# ipykernel stops showing what subprocesses print when it believes itself inside a test; the kernel
# of a notebook has to behave as it does for a reader.
os.environ.pop("PYTEST_CURRENT_TEST", None)

# This file hides the installation's own sitecustomize, if it has one: run that as well.
_elsewhere = [part for part in sys.path if Path(part).resolve() != Path(loopback_only.FOLDER)]
_spec = importlib.machinery.PathFinder.find_spec("sitecustomize", _elsewhere)
if _spec is not None and _spec.loader is not None:
    _spec.loader.exec_module(importlib.util.module_from_spec(_spec))
