"""A matrix on a Dask cluster, one worker of which is killed, says what one process says.

`make integrations` runs this; `make test` does not collect it.
"""

import threading
import time
from pathlib import Path
from typing import cast

import psutil
from distributed import Client, LocalCluster

from helpers.evidence import page
from helpers.evidence.run import dask, fill, processes
from helpers.evidence.task import plan
from helpers.notebooks.registry import load, select

MODELS = [
    "https://clarifai.com/anthropic/completion/models/claude-sonnet-4",
    "https://clarifai.com/openai/chat-completion/models/gpt-4o",
]
TODAY = "2026-01-31"


def test_a_cluster_that_loses_a_worker_makes_the_same_page(tmp_path: Path) -> None:
    tasks = [task for task in plan(select(["01", "02"], load()), MODELS, "mock") if task.model]
    assert len(tasks) == 4
    with processes(1) as executor:
        alone = fill(tasks, tmp_path / "alone", executor, checked=TODAY, at_a_time=1)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        dask(cluster.scheduler_address) as executor,
    ):
        killed = kill_one_when_busy(cluster.scheduler_address)
        many = fill(tasks, tmp_path / "many", executor, checked=TODAY, at_a_time=4)
        killed.join()
    assert alone == many
    assert (alone.made, alone.left) == (4, 0)
    wanted, got = (page.page(tmp_path / name) for name in ("alone", "many"))
    assert got == wanted
    assert wanted.count("kept, ") == 4


def kill_one_when_busy(address: str) -> threading.Thread:
    """In the background: wait until a worker is in the middle of a task, and kill that worker."""

    def kill() -> None:
        with Client(address) as client:
            pids = cast(dict[str, int], client.run(lambda: psutil.Process().pid))
            while not (busy := [worker for worker, keys in client.processing().items() if keys]):
                time.sleep(0.2)
            time.sleep(1)
            psutil.Process(pids[busy[0]]).kill()

    thread = threading.Thread(target=kill)
    thread.start()
    return thread
