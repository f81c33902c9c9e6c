"""A forked kernel does what an ordinary one does, only sooner."""

import os
import signal
import subprocess
import sys
import time
from collections import UserDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from jupyter_client.blocking.client import BlockingKernelClient as KernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from helpers.notebooks import forkserver
from tests.unit.conftest import alive

pytestmark = pytest.mark.skipif(not forkserver.AVAILABLE, reason="this system cannot fork")


@pytest.fixture(autouse=True)
def forking(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with the variable, which Jupyter reads once in a process."""
    factory = KernelProvisionerFactory.instance()
    monkeypatch.setattr(factory, "default_provisioner_name", forkserver.NAME)


@pytest.fixture
def kernel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[tuple[KernelManager, KernelClient]]:
    monkeypatch.setenv("A_SETTING", "of this kernel")
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(tmp_path))
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def printed(client: KernelClient, code: str) -> str:
    texts: list[str] = []
    client.execute_interactive(
        code, timeout=30, output_hook=lambda m: texts.append(m["content"].get("text", ""))
    )
    return "".join(texts)


def printed_by(program: str) -> str:
    """What a program of its own prints that starts kernels, and forks them from its own process."""
    return subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {forkserver.VARIABLE: forkserver.NAME, forkserver.SHARED: ""},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout


def test_it_has_its_own_environment_and_folder_and_has_imported_openai(
    kernel: tuple[KernelManager, KernelClient], tmp_path: Path
) -> None:
    _, client = kernel
    asked = "import os, sys; print(os.environ['A_SETTING'], os.getcwd(), 'openai' in sys.modules)"
    assert printed(client, asked) == f"of this kernel {tmp_path} True\n"


def test_it_can_start_a_process_and_wait_for_it(kernel: tuple[KernelManager, KernelClient]) -> None:
    _, client = kernel
    asked = (
        "import subprocess as s, sys; print(s.run([sys.executable, '-c', 'exit(3)']).returncode)"
    )
    assert printed(client, asked) == "3\n"


def test_it_is_interrupted_and_goes_on(kernel: tuple[KernelManager, KernelClient]) -> None:
    manager, client = kernel
    # Else the kernel may drop what it is sent right after the error.
    sleeps = "import time; print('begins', flush=True); time.sleep(600)"
    message = client.execute(sleeps, stop_on_error=False)
    # One that has not begun yet has nothing to be interrupted.
    while client.get_iopub_msg(timeout=60)["content"].get("text") != "begins\n":
        pass
    manager.interrupt_kernel()
    while (reply := client.get_shell_msg(timeout=60))["parent_header"]["msg_id"] != message:
        pass
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert printed(client, "print(1)") == "1\n"


def test_its_death_is_noticed(kernel: tuple[KernelManager, KernelClient]) -> None:
    manager, client = kernel
    pid = int(printed(client, "import os; print(os.getpid())"))
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while manager.is_alive():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_no_kernel_outlives_the_program_that_started_it(tmp_path: Path) -> None:
    program = (
        "from jupyter_client.manager import start_new_kernel\n"
        "manager, client = start_new_kernel(kernel_name='python3')\n"
        "client.execute_interactive('import os; print(os.getpid(), os.getppid(), flush=True)')\n"
        "import os, sys; sys.stdout.flush(); os._exit(0)\n"
    )
    out = printed_by(program)
    pids = [int(part) for part in out.split()]
    assert len(pids) == 2
    deadline = time.monotonic() + 30
    while any(map(alive, pids)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_kernels_that_start_at_once_are_forked_from_one_process() -> None:
    with ThreadPoolExecutor(4) as pool:
        kernels = list(pool.map(lambda _: start_new_kernel(kernel_name="python3"), range(4)))
    parents = {printed(client, "import os; print(os.getppid())") for _, client in kernels}
    for manager, client in kernels:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert len(parents) == 1


def test_the_time_of_its_processor_counts_as_that_of_the_program_that_started_it() -> None:
    program = (
        "import os\n"
        "from jupyter_client.manager import start_new_kernel\n"
        "from helpers.notebooks import forkserver\n"
        "manager, client = start_new_kernel(kernel_name='python3')\n"
        "busy = 'import time\\nwhile time.process_time() < 0.5: pass'\n"
        "client.execute_interactive(busy, timeout=60)\n"
        "client.stop_channels()\n"
        "manager.shutdown_kernel(now=True)\n"
        "nursery = forkserver._Nursery.of_this_process()\n"
        "import psutil\n"
        "own = psutil.Process(nursery._process.pid).cpu_times()\n"
        "nursery.close()\n"
        "of_all = os.times().children_user + os.times().children_system\n"
        "print(of_all - own.user - own.system)\n"
    )
    # Beside what the process that it is forked from took to import.
    assert float(printed_by(program)) > 0.45


def test_a_python_that_is_to_start_otherwise_is_not_forked() -> None:
    env = os.environ | {"PYTHONHASHSEED": "7"}
    manager, client = start_new_kernel(kernel_name="python3", env=env)
    try:
        assert printed(client, "import sys; print('openai' in sys.modules)") == "False\n"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_the_processes_of_a_run_fork_from_one_that_ends_with_it() -> None:
    start = (
        "from jupyter_client.manager import start_new_kernel\n"
        "_, client = start_new_kernel(kernel_name='python3')\n"
        "client.execute_interactive('import os; print(os.getppid(), flush=True)')\n"
    )
    program = (
        "import subprocess, sys\n"
        "from helpers.notebooks import forkserver\n"
        "forkserver.share()\n"
        f"for _ in range(2): subprocess.run([sys.executable, '-c', {start!r}], check=True)\n"
    )
    first, second = map(int, printed_by(program).split())
    assert first == second
    assert not alive(first)


def test_what_starts_python_otherwise_forks_from_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    before = forkserver._imports_as()
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    assert forkserver._imports_as() != before


def test_what_leaves_the_environment_meanwhile_is_no_matter() -> None:
    class Environment(UserDict[str, str]):
        """As `os.environ`, whose items are looked up name by name, when one has just gone."""

        def __getitem__(self, name: str) -> str:
            return {"PYTHONHASHSEED": "7"}[name]

    env = Environment(PYTHONHASHSEED="7", PYTEST_CURRENT_TEST="gone")
    assert forkserver._read_before(env) == {"PYTHONHASHSEED": "7"}
