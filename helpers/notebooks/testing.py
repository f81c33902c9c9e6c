"""A pytest plugin that makes `pytest --nbval` strict, offline, and safe to run in parallel.

Loaded by `addopts` in pyproject.toml, so that it applies to any selection of tests.
"""

import copy
import os
import time
from collections.abc import Callable, Iterator
from queue import Empty
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg
from nbval.plugin import IPyNbCell, NbCellError

from helpers.notebooks.compare import differences
from helpers.notebooks.hermetic import loopback_only
from helpers.notebooks.registry import PROJECT, load

BUILD = PROJECT / "build"
OUTPUT_MESSAGES = ("stream", "display_data", "execute_result", "error")


def pytest_configure(config: pytest.Config) -> None:
    """No key, no proxy and no other host: for this process and for those that it starts."""
    hermetic = loopback_only.environment(os.environ)
    os.environ.clear()
    os.environ.update(hermetic)
    loopback_only.install()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Whatever `--dist` says, the cells of a notebook share one worker, hence one kernel."""
    from xdist.scheduler import LoadScopeScheduling

    return LoadScopeScheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """A notebook's kernel, which starts here, is as it is for `make refresh`.

    It uses the mock even where a `.env` holds a PAT, and no start-up files of the user's IPython.
    """
    if not isinstance(item, IPyNbCell):
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLARIFAI_BACKEND", "mock")
        patch.setenv("IPYTHONDIR", str(BUILD / ".ipython"))
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """After nbval's comparison of values, compare all that a reader sees."""
    if not isinstance(item, IPyNbCell):
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        # nbval edits the stored outputs as it compares them.
        stored, fresh = copy.deepcopy(item.cell.outputs), list[NotebookNode]()
        get_message = item.parent.get_kernel_message
        patch.setattr(item.parent, "get_kernel_message", _keep(get_message, fresh))
        patch.setattr(item.parent.kernel, "await_reply", _await_while_alive(item))
        patch.setattr(item.config.option, "nbval_cell_timeout", _timeout(item))
        try:
            result = yield
        except NbCellError as error:
            # nbval names the kind of output that is new or missing, but not what it says.
            error.inner_traceback = "\n".join([error.inner_traceback, *differences(stored, fresh)])
            raise
    if problems := differences(stored, fresh):
        traceback = "\n".join(problems)
        raise NbCellError(item.cell_num, "Cell outputs differ", item.cell.source, traceback)
    return result


def _timeout(item: IPyNbCell) -> float:
    """The registry's time limit for a cell; that of the command line in other notebooks."""
    limits = {notebook.path: float(notebook.timeout) for notebook in load()}
    return limits.get(item.path, float(item.config.option.nbval_cell_timeout))


def _await_while_alive(item: IPyNbCell) -> Callable[..., None]:
    """`await_reply`, that does not wait out the time limit for a kernel that has died."""
    kernel = item.parent.kernel
    await_reply = kernel.await_reply

    def wait(message_id: str, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while True:
            try:
                await_reply(message_id, timeout=min(1, timeout))
                return
            except Empty:
                if not kernel.is_alive():
                    item.raise_cell_error("The kernel died", "No output: its process has ended.")
                if time.monotonic() > deadline:
                    raise

    return wait


def _keep(
    get_message: Callable[..., dict[str, Any]], outputs: list[NotebookNode]
) -> Callable[..., dict[str, Any]]:
    """`get_message`, that also appends to `outputs` what nbformat would store of each message.

    A cleared or updated display is left to nbval, which fails such a cell.
    """

    def get(*args: Any, **kwargs: Any) -> dict[str, Any]:
        message = get_message(*args, **kwargs)
        if message["msg_type"] in OUTPUT_MESSAGES:
            outputs.append(output_from_msg(message))
        return message

    return get
