"""What stands between another project's suite and the mock changes a key, a name, and no more."""

import shutil
import ssl
from pathlib import Path

import httpx
import pytest

from helpers.mock import MOCK_PAT
from helpers.mock.application import Application
from helpers.mock.server import MockServer
from tests.elsewhere.fronts import encrypted, with_key, with_models

HELLO = {"model": "gpt-5.4", "messages": [{"role": "user", "content": "How much is 17 * 23?"}]}


def test_a_request_for_a_model_of_openais_gets_one_that_the_mock_has() -> None:
    with MockServer(app=with_key(with_models(Application()))) as server:
        reply = httpx.post(f"{server.base_url}/chat/completions", json=HELLO, headers={"X": "y"})
        assert "391" in reply.json()["choices"][0]["message"]["content"]
        refused = httpx.post(f"{server.base_url}/chat/completions", content=b"[]")
        assert refused.status_code == 400
        assert httpx.get(f"{server.base_url}/models").status_code == 200


def test_a_stream_passes() -> None:
    with MockServer(app=with_key(with_models(Application()))) as server:
        url = f"{server.base_url}/chat/completions"
        assert httpx.post(url, json=HELLO | {"stream": True}).text.endswith("data: [DONE]\n\n")


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_the_mock_by_tls_is_the_mock(tmp_path: Path) -> None:
    with MockServer() as server, encrypted(server.port, tmp_path) as (port, certificate):
        context = ssl.create_default_context(cafile=str(certificate))
        url = server.base_url.replace(server.url, f"https://localhost:{port}") + "/models"
        headers = {"Authorization": f"Bearer {MOCK_PAT}"}
        assert httpx.get(url, verify=context, headers=headers).status_code == 200
