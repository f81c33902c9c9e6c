"""Kernels forked from a process that has imported what all of them import.

Starting a kernel is mostly importing `ipykernel` and `openai`. Here a process imports them once,
and every kernel is a fork of it, which then starts as any other does. Jupyter's clients (nbval,
papermill, nbclient) do not notice: they ask for the kernel `python3`, and with
`JUPYTER_DEFAULT_PROVISIONER_NAME=forked` in the environment this module provides it.

For tests, on Linux and macOS. A kernel that a reader starts is an ordinary one.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

NAME = "forked"
VARIABLE = "JUPYTER_DEFAULT_PROVISIONER_NAME"
# Where a test run's processes find one to fork kernels from; no kernel sees pytest's variables.
SHARED = "PYTEST_FORKS_KERNELS"
AVAILABLE = hasattr(os, "fork") and hasattr(socket, "send_fds")

_KERNEL = ["-m", "ipykernel_launcher"]
# What every kernel imports, or every notebook; not all of it is there with every version. Nothing
# that starts a thread, or reads what a notebook may set, when it is imported.
_ALWAYS = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "psutil",
    "sqlite3",
    "tornado.platform.asyncio",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "openai.resources.chat.completions.completions",
    "openai.resources.responses.responses",
    "httpcore",
    "httpcore2",
    "jsonschema",
    "anyio._backends._asyncio",
    "uvicorn.lifespan.off",
    "uvicorn.loops.uvloop",
    "helpers.exercises",
    "helpers.tools",
    "helpers.mock.server",
)
_ALSO = "FORKED_KERNEL_ALSO"
# Ours, and what takes long; on the terms of what every kernel imports.
_IMPORTED = re.compile(r"(?m)^(?:from|import) (helpers[\w.]*|httpx|mcp[\w.]*)(?: import (.+))?$")
# Read when Python starts, or when one of those modules is imported, and not again in a fork.
_READ_BEFORE = ("PYTHON", "MPL", "PYDEVD", "DEBUGPY")


def environment(sources: Iterable[str]) -> dict[str, str]:
    """What tells the nursery which modules these cells import: once there, for all."""
    if os.environ.get(VARIABLE) != NAME:
        return {}
    names = set()
    for module, imported in (found for source in sources for found in _IMPORTED.findall(source)):
        # What is imported from a package may be a module or not; it is tried.
        names |= {module, *(f"{module}.{name.strip()}" for name in imported.split(","))}
    return {_ALSO: " ".join(sorted(names))}


class ForkedProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of this process's nursery; one that is not Python's, as usual."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        env = kwargs.get("env") or dict(os.environ)
        if cmd[1:3] != _KERNEL or _read_before(env) != _read_before(os.environ):
            return await super().launch_kernel(cmd, **kwargs)
        nursery = _Nursery.of_this_process()
        process = nursery.fork(cmd[3:], env, kwargs.get("cwd"), kwargs.get("stderr"))
        self.process = cast(Any, process)
        self.pid = self.pgid = process.pid
        return self.connection_info


def _read_before(env: Mapping[str, str]) -> dict[str, str]:
    # Other names may go meanwhile: pytest sets and unsets that of a test in a thread of its own.
    return {name: env[name] for name in env if name.startswith(_READ_BEFORE)}


def share() -> None:
    """Fork the kernels of all processes that this one starts from one process, begun now."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = f"{folder}/forks"
    with socket.socket(socket.AF_UNIX) as listener, suppress(OSError):  # the path may be too long
        listener.bind(path)
        listener.listen()
        _Nursery._instance = _Nursery(listener)
        os.environ[SHARED] = f"{path}\n{_imports_as()}"


def _imports_as() -> str:
    """The same for processes that would import the same modules in the same way."""
    return repr((sys.prefix, __file__, sorted(_read_before(os.environ).items())))


class _Process:
    """A process that is not our child, with as much of Popen as a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                # The nursery has reaped it, and nobody asks how it ended.
                self.returncode = 0
        return self.returncode

    def wait(self) -> int:
        while (code := self.poll()) is None:
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class _Nursery:
    """The process that kernels are forked from, and the socket to it.

    It ends with this process, if it is not shared by another.
    """

    _instance: _Nursery | None = None
    _one_at_a_time = threading.Lock()

    def __init__(self, *listener: socket.socket) -> None:
        self.owner = os.getpid()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        path, _, imports_as = os.environ.get(SHARED, "").partition("\n")
        if imports_as == _imports_as():
            with suppress(OSError):  # of a run that has ended
                self._socket = socket.socket(socket.AF_UNIX)
                self._socket.connect(path)
                return
        self._socket, theirs = socket.socketpair()
        with theirs:
            files = [each.fileno() for each in (theirs, *listener)]
            self._process = subprocess.Popen(
                [sys.executable, "-m", "helpers.notebooks.forkserver", *map(str, files)],
                pass_fds=files,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        atexit.register(self.close)

    @classmethod
    def of_this_process(cls) -> _Nursery:
        with cls._one_at_a_time:
            if cls._instance is None or cls._instance.owner != os.getpid():
                cls._instance = cls()
            return cls._instance

    def fork(
        self, arguments: list[str], env: dict[str, str], cwd: str | Path | None, stderr: Any
    ) -> _Process:
        request = {"arguments": arguments, "env": env, "cwd": str(cwd or Path.cwd())}
        data = json.dumps(request).encode()
        with self._lock, Path(os.devnull).open("r+b", buffering=0) as null:
            files = [null.fileno(), 1, null.fileno() if stderr == subprocess.DEVNULL else 2]
            socket.send_fds(self._socket, [len(data).to_bytes(4, "big")], files)
            self._socket.sendall(data)
            pid = self._socket.recv(4)
        if not pid:
            raise RuntimeError("The process that forks kernels has ended; see what it wrote above.")
        return _Process(int.from_bytes(pid, "big"))

    def close(self) -> None:
        if self.owner == os.getpid():
            self._socket.close()
            if self._process:
                self._process.wait()


def _serve(owner: socket.socket, *listener: socket.socket) -> None:
    """Fork a kernel for each request, until the owner's end closes."""
    # As ipykernel has it when a notebook imports matplotlib.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    # Else it says on stderr that breakpoints in Python's own modules may be missed.
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    _import(_ALWAYS)
    _compile()
    # Waited for, so that the time that their processors took counts as this process's.
    signal.signal(signal.SIGCHLD, _reap)
    sockets = [owner, *listener]
    while True:
        for ready in select.select(sockets, [], [])[0]:
            if ready in listener:
                sockets.append(ready.accept()[0])
            elif not _forked(ready, sockets):
                sockets.remove(ready)
                ready.close()
        if owner not in sockets:
            return


def _forked(connection: socket.socket, sockets: list[socket.socket]) -> bool:
    """Whether there was a request; the kernel that it asks for is then there."""
    length, files, _, _ = socket.recv_fds(connection, 4, 3)
    if not length:
        return False
    data = b""
    while len(data) < int.from_bytes(length, "big"):
        data += connection.recv(int.from_bytes(length, "big") - len(data))
    request = json.loads(data)
    _import(request["env"].pop(_ALSO, "").split())
    pid = os.fork()
    if pid == 0:
        for each in sockets:
            each.close()
        _become_kernel(request, files)
    for file in files:
        os.close(file)
    connection.sendall(pid.to_bytes(4, "big"))
    return True


def _compile() -> None:
    """What the first question to each API makes the mock compile, and what every kernel asks."""
    from jupyter_client.localinterfaces import localhost

    from helpers.endpoint import DEFAULT_MODEL
    from helpers.mock.apis import chat, responses
    from helpers.mock.apis.context import Context
    from helpers.mock.catalogue import find
    from helpers.models import parse_model

    localhost()
    if model := find(parse_model(DEFAULT_MODEL)):
        question = {"role": "user", "content": "Who are you?"}
        chat.create(model, {"model": DEFAULT_MODEL, "messages": [question]}, Context())
        responses.create(model, {"model": DEFAULT_MODEL, "input": [question]}, Context())


def _import(names: Iterable[str]) -> None:
    before = len(sys.modules)
    for name in names:
        with suppress(ImportError):
            import_module(name)
    if len(sys.modules) > before:
        # What is here is then not looked at, and so not copied, by the kernels' collectors.
        gc.collect()
        gc.freeze()


def _reap(number: int, frame: FrameType | None) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become_kernel(request: dict[str, Any], files: list[int]) -> None:
    """What `python -m ipykernel_launcher` does, in this fork. Does not return."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(request["cwd"])
    os.environ.clear()
    # With pytest's, ipykernel would not show what subprocesses print.
    env = request["env"].items()
    os.environ.update({name: value for name, value in env if not name.startswith("PYTEST_")})
    # A kernel ends when its parent does. It is told which that is by a variable that was read when
    # ipykernel was imported, so here by an argument.
    parent = f"--IPKernelApp.parent_handle={os.getppid()}"
    sys.argv = ["ipykernel_launcher", parent, *request["arguments"]]
    from ipykernel import kernelapp

    sys.exit(kernelapp.launch_new_instance())


if __name__ == "__main__":
    # Python puts the folder that a program is started in first; ipykernel's takes it out again.
    if not sys.flags.safe_path:
        del sys.path[0]
    _serve(*(socket.socket(fileno=int(number)) for number in sys.argv[1:]))
