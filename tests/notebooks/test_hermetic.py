"""Tests reach this machine only, hold no key, and say which address was refused."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openai import OpenAI

from helpers.mock import MOCK_PAT, start
from helpers.mock.client import httpx
from helpers.notebooks.hermetic.loopback_only import NotLoopback, environment, real_keys
from helpers.notebooks.jobs import hear_interrupts
from helpers.notebooks.pytest_plugin import pytest_configure
from helpers.notebooks.registry import PROJECT
from tests.mutants import Mutant
from tests.mutants.environment import MUTANTS

# Addresses that are reserved for documentation, so that nothing is disturbed if the guard fails.
ELSEWHERE = "192.0.2.1"
ELSEWHERE_6 = "2001:db8::1"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        yield server


def run(code: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_open(listener: socket.socket, host: str) -> None:
    with socket.create_connection((host, listener.getsockname()[1]), timeout=10):
        pass


def test_loopback_is_open_over_ipv6() -> None:
    assert socket.getaddrinfo("::1", 80)
    with socket.socket(socket.AF_INET6) as sock, pytest.raises(OSError):
        sock.connect(("::1", 9))  # nothing listens: the system refuses, not the guard


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no AF_UNIX")
def test_a_socket_that_is_a_file_is_open(tmp_path: Path) -> None:
    path = os.path.relpath(tmp_path / "s")  # an absolute path can be too long for a socket
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen()
        client.connect(path)


@pytest.mark.parametrize(
    ("family", "host"), [(socket.AF_INET, ELSEWHERE), (socket.AF_INET6, ELSEWHERE_6)]
)
def test_another_address_is_refused_by_name(family: socket.AddressFamily, host: str) -> None:
    with socket.socket(family) as sock, pytest.raises(NotLoopback, match=host):
        sock.connect((host, 443))


def test_a_datagram_elsewhere_is_refused() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock,
        pytest.raises(NotLoopback, match=ELSEWHERE),
    ):
        sock.sendto(b"", (ELSEWHERE, 53))


def test_another_name_is_not_even_resolved() -> None:
    for resolve in (socket.gethostbyname, lambda name: socket.getaddrinfo(name, 443)):
        with pytest.raises(NotLoopback, match=r"example\.com"):
            resolve("example.com")


def test_a_client_neither_retries_nor_rewords_the_refusal() -> None:
    client = OpenAI(base_url="https://example.com/v1", api_key="0" * 32, max_retries=9)
    with pytest.raises(NotLoopback, match=r"example\.com"):
        client.models.list()


def test_processes_that_a_test_starts_are_guarded_and_theirs_too() -> None:
    connect = f"import socket; socket.create_connection(({ELSEWHERE!r}, 443))"
    nested = (
        f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', {connect!r}]))"
    )
    for code in (connect, nested):
        finished = run(code, environment(os.environ))
        assert finished.returncode != 0
        assert f"NotLoopback: socket.getaddrinfo to '{ELSEWHERE}'" in finished.stderr


def test_grpc_which_the_guard_cannot_see_is_sent_to_a_proxy(listener: socket.socket) -> None:
    proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
    ask = (
        "import grpc; grpc.channel_ready_future(grpc.insecure_channel('example.com:443')).result(9)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", ask],
        env=environment(os.environ) | {"grpc_proxy": proxy},
        stderr=subprocess.DEVNULL,
    )
    try:
        connection, _ = listener.accept()
        with connection:
            assert connection.recv(99).startswith(b"CONNECT example.com:443")
    finally:
        process.kill()
        process.wait()


def test_curl_reaches_this_machine_and_no_other() -> None:
    curl = [shutil.which("curl") or pytest.fail("install curl"), "--silent", "--show-error"]
    with start() as server:
        here = subprocess.run([*curl, f"{server.base_url}/models"], capture_output=True, text=True)
    assert (here.returncode, here.stderr) == (0, "")
    assert "authorization header" in here.stdout
    for address in (f"http://{ELSEWHERE}/", "https://example.com/"):
        there = subprocess.run([*curl, address], capture_output=True, text=True)
        assert there.returncode
        assert "127.0.0.1 port 9" in there.stderr


def test_no_certificates_are_loaded_where_nothing_is_asked_over_tls() -> None:
    assert httpx.create_ssl_context().cert_store_stats()["x509"] == 0


def test_the_environment_of_a_test_run_has_no_key_and_no_proxy() -> None:
    secrets = [
        "CLARIFAI_PAT",
        "CLARIFAI_BASE_URL",
        "OPENAI_API_KEY",
        "XAI_API_KEY",
        "PAT",
        "MY_PAT",
    ]
    proxies = ["HTTPS_PROXY", "http_proxy", "ALL_PROXY"]
    kept = {"HOME": "h", "PATH": "p", "SPAT": "s"}
    hermetic = environment(dict.fromkeys(secrets + proxies, "x") | kept)
    assert not hermetic.keys() & {*secrets, *proxies}
    assert kept.items() <= hermetic.items()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_run_of_tests_refuses_to_start_with_a_real_key(
    mutant: Mutant[Callable[[], dict[str, str]]],
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [(name, key)] = mutant.make().items()
    monkeypatch.setenv(name, key)
    with pytest.raises(pytest.UsageError, match=f"unset {name}") as raised:
        pytest_configure(pytestconfig)
    assert key not in str(raised.value)


def test_a_run_in_the_background_hears_ctrl_c() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        hear_interrupts()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        signal.signal(signal.SIGINT, own := lambda *_: None)
        hear_interrupts()
        assert signal.getsignal(signal.SIGINT) is own
    finally:
        signal.signal(signal.SIGINT, before)


def test_what_is_refused_so_never_begins(tmp_path: Path) -> None:
    [(name, key)] = MUTANTS[0].make().items()
    (tmp_path / "test_one.py").write_text("def test_one():\n    pass\n")
    command = [sys.executable, "-m", "pytest", tmp_path, "-c", PROJECT / "pyproject.toml"]
    finished = subprocess.run(
        [*command, "-p", "no:cacheprovider"],
        env=os.environ | {name: key},
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert finished.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"unset {name}" in finished.stderr
    assert key not in finished.stdout + finished.stderr


def test_neither_the_key_of_the_mock_nor_an_empty_one_is_refused() -> None:
    assert not real_keys({"CLARIFAI_PAT": MOCK_PAT, "OPENAI_API_KEY": ""})


def test_the_guard_hides_neither_pythonpath_nor_another_sitecustomize(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('the other one')")
    env = environment(os.environ | {"PYTHONPATH": str(tmp_path)})
    assert environment(env) == env
    assert run("", env).stdout == "the other one\n"
