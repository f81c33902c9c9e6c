"""The command that compares the mock with another endpoint: what it prints, and its exit codes."""

import json
from threading import Thread

import pytest
from click.testing import CliRunner, Result

from helpers.cli import main
from helpers.mock import MOCK_PAT
from helpers.mock.record.drift import (
    DriftError,
    differences,
    report,
    table,
)
from helpers.mock.record.probes import PROBES
from tests.contract.altered import BY_NAME, body, set_in
from tests.unit.stranger import Handler, Server

# --- the command line ---


def drift(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["drift", *arguments])


def test_command_reports_a_table_and_json_and_exits_with_1(altered, tmp_path):
    altered[0].alter = body(lambda v: set_in(v, "object", "models"))
    file = tmp_path / "drift.json"
    url = altered[1].base_url
    done = drift("--against", url, "--only", "models", "--json", str(file))
    assert done.exit_code == 1
    assert done.stdout == (
        "models: 1 differ\n    value object: mock 'list', other 'models'\n"
        "1 difference in 1 request.\n"
    )
    assert json.loads(file.read_text()) == {
        "against": url,
        "requests": ["models"],
        "differences": [
            {
                "probe": "models",
                "where": "object",
                "kind": "value",
                "mock": "'list'",
                "other": "'models'",
            }
        ],
    }


def test_command_exits_with_0_where_there_is_no_drift(altered):
    altered[0].alter = lambda *same: same
    done = drift("--against", altered[1].base_url, "--only", "models", "--json", "-")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["differences"] == []


@pytest.mark.parametrize(
    ("against", "says"),
    [
        (["--against", "api.clarifai.com"], "--against takes a base URL"),
        (["--against", "https://api.clarifai.com/v2"], "needs a key: set CLARIFAI_PAT"),
        (["--against", "http://127.0.0.1:9/v1"], "No reply from http://127.0.0.1:9/v1"),
        (["--against", "http://127.0.0.1:port/v1"], "--against takes a base URL"),
        (["--against", "http://user:pw@127.0.0.1:9/v1"], "No reply from http://***@127.0.0.1:9/v1"),
        (["--against", "http://127.0.0.1:9/v1", "--only", "chats"], "There is no 'chats'"),
        ([], "Missing option '--against'"),
    ],
)
def test_command_exits_with_2_where_nothing_can_be_compared(against, says, monkeypatch):
    monkeypatch.delenv("CLARIFAI_PAT", raising=False)
    done = drift(*against)
    assert done.exit_code == 2
    assert says in done.stderr


def test_report_names_the_endpoint_without_what_is_secret_in_its_address():
    written = json.loads(report("http://user:pw@127.0.0.1:9/v1", [], []))
    assert written["against"] == "http://***@127.0.0.1:9/v1"


@pytest.mark.parametrize("key", ["Schlüssel", "two\nlines"])
def test_key_that_cannot_be_one_is_refused_before_it_is_sent(key):
    with pytest.raises(DriftError, match="CLARIFAI_PAT has a character that no key has") as refused:
        differences("http://127.0.0.1:9/v1", key)
    assert key not in str(refused.value)


class Packed(Handler):
    """Says that a reply is compressed, which it is not."""

    def end_headers(self) -> None:
        self.send_header("content-encoding", "gzip")
        super().end_headers()


def test_reply_that_cannot_be_read_is_named():
    with Server(("127.0.0.1", 0), Packed) as server:
        server.keys = []
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        with pytest.raises(DriftError, match=r"No reply .* \(DecodingError\)"):
            differences(server.url, MOCK_PAT, PROBES[:1])
        server.shutdown()


class Leaving(Handler):
    """Closes the connection on a second request, and has not said that it will."""

    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        self.handle_one_request()
        self.rfile.readline()


def test_connection_that_a_server_closes_spoils_no_other_request():
    with Server(("127.0.0.1", 0), Leaving) as server:
        server.keys = []
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        differences(server.url, MOCK_PAT, PROBES[:1] * 2)
        server.shutdown()
    assert len(server.keys) == 2


def test_key_that_is_not_taken_is_no_drift(altered):
    altered[0].alter = lambda status, kind, content: (401, kind, content)
    with pytest.raises(DriftError, match="does not accept the key"):
        differences(altered[1].base_url, MOCK_PAT, PROBES[:2])


def test_report_lists_every_request(altered):
    assert table([], PROBES).count("alike") == len(PROBES)
    assert json.loads(report("x", [], PROBES))["requests"] == list(BY_NAME)
