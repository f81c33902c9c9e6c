"""A pytest plugin that makes `pytest --nbval` strict, offline, and safe to run in parallel.

Loaded by `addopts` in pyproject.toml, so that it applies to any selection of tests.
"""

import copy
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg
from nbval.plugin import IPyNbCell, NbCellError

from helpers.notebooks.compare import differences
from helpers.notebooks.hermetic import loopback_only

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
    """A notebook's kernel, which starts here, uses the mock even where a `.env` holds a PAT."""
    if not isinstance(item, IPyNbCell):
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLARIFAI_BACKEND", "mock")
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
        result = yield
    problems = differences(stored, fresh)
    if problems:
        traceback = "\n".join(problems)
        raise NbCellError(item.cell_num, "Cell outputs differ", item.cell.source, traceback)
    return result


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
