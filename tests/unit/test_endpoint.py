"""The backend is chosen as documented, said in one line, and refused with advice."""

import os
import socket

import httpx
import pytest
from openai import OpenAI

from helpers import endpoint, use_endpoint
from helpers.endpoint import EndpointError, current_endpoint
from helpers.mock import BEFORE_A_MODEL, MOCK_PAT, OPENAI_PATH, SERVER_HEADER, start
from tests.unit.stranger import Server

PAT = "0123456789abcdef" * 2
MOCK_LINE = (
    "Backend: mock. Replies are simulated on this machine;"
    " set CLARIFAI_PAT and restart to talk to Clarifai.\n"
)


pytestmark = pytest.mark.usefixtures("fresh_process")


def chosen() -> str:
    return getattr(current_endpoint(), "backend", "")


def test_nothing_set_is_the_mock_which_says_so_in_the_same_bytes_each_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    use_endpoint()
    use_endpoint()
    assert capsys.readouterr() == (MOCK_LINE * 2, "")
    assert chosen() == "mock"


def test_three_variables_are_exported() -> None:
    use_endpoint()
    base_url = os.environ["CLARIFAI_BASE_URL"]
    assert base_url == os.environ["CLARIFAI_API_BASE"] + OPENAI_PATH
    assert base_url.startswith("http://127.0.0.1:")
    assert os.environ["CLARIFAI_PAT"] == MOCK_PAT


def test_a_pat_is_live(
    monkeypatch: pytest.MonkeyPatch, live: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLARIFAI_PAT", PAT)
    use_endpoint()
    assert chosen() == "live"
    assert live.keys == [f"Bearer {PAT}"]
    out, err = capsys.readouterr()
    assert out.startswith("Backend: live.")
    assert PAT not in out + err + repr(current_endpoint())


def test_a_base_url_is_compatible_and_goes_before_a_pat(
    monkeypatch: pytest.MonkeyPatch, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLARIFAI_PAT", PAT)
    monkeypatch.setenv("CLARIFAI_BASE_URL", f"{server.url}/v1/")
    use_endpoint()
    assert chosen() == "compatible"
    assert os.environ["CLARIFAI_BASE_URL"] == f"{server.url}/v1"
    assert capsys.readouterr().out == f"Backend: compatible. Requests go to {server.url}/v1.\n"


@pytest.mark.parametrize("key", [PAT, MOCK_PAT, None])
def test_a_mock_that_runs_already_is_known_for_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], key: str | None
) -> None:
    with start() as mock:
        monkeypatch.setenv("CLARIFAI_BASE_URL", mock.base_url)
        use_endpoint(api_key=key)
    own = f"{os.getpid():032x}", "the faults of others, who have no key either, are not met"
    assert os.environ["CLARIFAI_PAT"] == (key if key == PAT else own[0]), own[1]
    current = current_endpoint()
    assert current is not None
    assert (current.simulated, current.base_url) == (True, mock.base_url)
    assert capsys.readouterr().out == MOCK_LINE


def test_an_argument_goes_before_the_environment(
    monkeypatch: pytest.MonkeyPatch, live: Server
) -> None:
    monkeypatch.setenv("CLARIFAI_PAT", PAT)
    use_endpoint("mock")
    assert (chosen(), os.environ["CLARIFAI_PAT"]) == ("mock", MOCK_PAT)
    assert live.keys == []


def test_a_pat_that_the_mock_was_exported_over_is_there_again_for_live(
    monkeypatch: pytest.MonkeyPatch, live: Server
) -> None:
    monkeypatch.setenv("CLARIFAI_PAT", PAT)
    use_endpoint("mock")
    use_endpoint("live")
    assert (chosen(), os.environ["CLARIFAI_PAT"]) == ("live", PAT)
    use_endpoint()
    assert chosen() == "live"


def test_live_is_clarifai_whatever_other_address_is_set(
    monkeypatch: pytest.MonkeyPatch, live: Server
) -> None:
    monkeypatch.setenv("CLARIFAI_PAT", PAT)
    monkeypatch.setenv("CLARIFAI_BASE_URL", "http://127.0.0.1:9/v1")
    use_endpoint("live")
    assert (chosen(), live.keys) == ("live", [f"Bearer {PAT}"])


def test_the_mock_s_own_exports_are_not_taken_for_the_user_s(live: Server) -> None:
    use_endpoint()
    with pytest.raises(EndpointError, match="needs a PAT"):
        use_endpoint("live")
    assert live.keys == []


def test_the_variable_clarifai_backend_chooses_too(
    monkeypatch: pytest.MonkeyPatch, live: Server
) -> None:
    monkeypatch.setenv("CLARIFAI_PAT", PAT)
    monkeypatch.setenv("CLARIFAI_BACKEND", "mock")
    use_endpoint()
    assert chosen() == "mock"


def test_a_backend_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLARIFAI_BACKEND", "production")
    with pytest.raises(EndpointError, match="'production': set CLARIFAI_BACKEND to mock, live or"):
        use_endpoint()


def test_compatible_without_a_server_is_refused() -> None:
    with pytest.raises(EndpointError, match="set CLARIFAI_BASE_URL"):
        use_endpoint("compatible")


@pytest.mark.parametrize(
    ("pat", "problem"),
    [
        ("", "CLARIFAI_PAT is empty. "),
        ("  ", "CLARIFAI_PAT is empty. "),
        (f" {PAT}", "has white space in it"),
        (f"{PAT}\n", "has white space in it"),
        (f"{PAT[:8]} {PAT[8:]}", "has white space in it"),
        (f"{PAT}\N{RIGHT DOUBLE QUOTATION MARK}", "has a character that no key has"),
        (f"{PAT}\x7f", "has a character that no key has"),
        (f'"{PAT}"', "has quotation marks in it"),
        ("YOUR_PAT_HERE", "is still the placeholder"),
        ("CLARIFAI_PAT", "is still the placeholder"),
        ("<your PAT>", "has white space in it"),
        ("your-personal-access-token", "is still the placeholder"),
    ],
)
def test_a_pat_that_cannot_be_one_is_refused_before_it_is_sent(
    monkeypatch: pytest.MonkeyPatch, live: Server, pat: str, problem: str
) -> None:
    monkeypatch.setenv("CLARIFAI_PAT", pat)
    before = dict(os.environ)
    with pytest.raises(EndpointError) as refused:
        use_endpoint()
    assert problem in str(refused.value)
    assert "Settings → Secrets" in str(refused.value)
    assert PAT not in str(refused.value)
    assert (live.keys, dict(os.environ)) == ([], before)


def test_a_pat_of_another_form_is_used_but_said(
    monkeypatch: pytest.MonkeyPatch, live: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLARIFAI_PAT", "Some-Other-Form-Of-Key")
    use_endpoint()
    out, err = capsys.readouterr()
    assert "does not look like a PAT" in err
    assert live.keys == ["Bearer Some-Other-Form-Of-Key"]
    assert "Some-Other" not in out + err


def test_a_pat_that_clarifai_refuses_is_told_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, live: Server
) -> None:
    live.status = 401
    monkeypatch.setenv("CLARIFAI_PAT", PAT)
    with pytest.raises(EndpointError) as refused:
        use_endpoint()
    assert "HTTP 401: Invalid API key" in str(refused.value)
    assert "Settings → Secrets" in str(refused.value)
    assert PAT not in str(refused.value)
    assert current_endpoint() is None, "no fallback to the mock"


@pytest.mark.parametrize(
    "said", ["No such key: %s", '{"error": {"message": "Received: Bearer %s"}}']
)
def test_a_server_that_repeats_a_key_does_not_have_it_shown(
    monkeypatch: pytest.MonkeyPatch, server: Server, said: str
) -> None:
    server.status, server.body = 401, said % "Of-Another-Form" + " " * 9 + "<p>" * 999
    monkeypatch.setenv("CLARIFAI_BASE_URL", f"{server.url}/v1")
    monkeypatch.setenv("CLARIFAI_PAT", "Of-Another-Form")
    with pytest.raises(EndpointError) as refused:
        use_endpoint()
    assert "[secret]" in str(refused.value)
    assert "Of-Another-Form" not in str(refused.value)
    assert len(str(refused.value)) < 600


def test_a_web_page_is_not_taken_for_an_api(
    monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    server.body = "<!doctype html><title>Log in</title>"
    monkeypatch.setenv("CLARIFAI_BASE_URL", f"{server.url}/v1")
    with pytest.raises(EndpointError, match=r"A web page is served at .* check the address"):
        use_endpoint()


def test_a_server_that_drips_its_answer_is_given_up(
    monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    server.drips = True
    monkeypatch.setattr(endpoint, "_PATIENCE", 0.3)
    with pytest.raises(EndpointError, match=r"No server answers at .*no whole answer in 0\.3 s"):
        use_endpoint(base_url=f"{server.url}/v1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", f"socks4://user:{PAT}@127.0.0.1:9"),
        ("HTTPS_PROXY", "http://[::1"),
        ("SSL_CERT_FILE", "/of/an/environment/that/is/gone.pem"),
        ("OPENAI_PROJECT_ID", "Prüfung"),
    ],
)
def test_what_breaks_the_client_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    for each in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("CLARIFAI_PAT", PAT)
    before = dict(os.environ)
    with pytest.raises(EndpointError, match=rf"check what .*\b{name}\b") as refused:
        use_endpoint()
    assert PAT not in str(refused.value)
    assert dict(os.environ) == before


@pytest.mark.parametrize(("status", "path"), [(404, "/v1"), (200, "/v1"), (200, "")])
def test_a_server_that_does_not_list_models_is_used_and_one_that_does_wherever_it_is(
    monkeypatch: pytest.MonkeyPatch, server: Server, status: int, path: str
) -> None:
    server.status = status
    monkeypatch.setenv("CLARIFAI_BASE_URL", server.url + path)
    use_endpoint()
    assert (chosen(), os.environ["CLARIFAI_PAT"]) == ("compatible", MOCK_PAT)


@pytest.mark.parametrize("path", ["", "/", "/v1/chat/completions", "/v1/models/"])
def test_an_address_that_is_not_a_base_url_is_told_so(
    monkeypatch: pytest.MonkeyPatch, server: Server, path: str
) -> None:
    server.status = 404
    monkeypatch.setenv("CLARIFAI_BASE_URL", server.url + path)
    before = dict(os.environ)
    with pytest.raises(EndpointError, match="CLARIFAI_BASE_URL to the whole base URL"):
        use_endpoint()
    assert dict(os.environ) == before


@pytest.mark.parametrize("path", ["", "/v1", "/v2", OPENAI_PATH + "/v1"])
def test_the_address_of_a_mock_without_the_path_of_its_api_is_told_so(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    with start() as mock:
        monkeypatch.setenv("CLARIFAI_BASE_URL", mock.url + path)
        with pytest.raises(EndpointError, match="path of the API"):
            use_endpoint()


def test_a_base_url_may_have_been_pasted_with_blanks_around_it(
    monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    monkeypatch.setenv("CLARIFAI_BASE_URL", f" {server.url}/max/\n")
    use_endpoint()
    assert os.environ["CLARIFAI_BASE_URL"] == f"{server.url}/max"


@pytest.mark.parametrize(
    ("name", "backend"),
    [(SERVER_HEADER, "mock"), (BEFORE_A_MODEL, "mock"), ("x", "compatible")],
)
def test_a_server_that_is_busy_is_known_by_its_name(
    monkeypatch: pytest.MonkeyPatch, server: Server, name: str, backend: str
) -> None:
    server.status, server.name = 503, name
    monkeypatch.setenv("CLARIFAI_BASE_URL", server.url + OPENAI_PATH)
    use_endpoint()
    assert chosen() == backend
    endpoint = current_endpoint()
    assert endpoint and endpoint.simulated == (name == SERVER_HEADER)


PROXIES = [
    {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"},
    {"http_proxy": "127.0.0.1:9", "no_proxy": "example.com"},
    {"ALL_PROXY": "socks5://127.0.0.1:9"},
    {"ALL_PROXY": "://", "HTTP_PROXY": " ", "NO_PROXY": "example.com"},
    {"all_proxy": "socks4://127.0.0.1:9", "NO_PROXY": "example.com"},
    {"HTTP_PROXY": "http://proxy.example:port", "NO_PROXY": "[::1], fe80::/10,example.com,a:b"},
    {"grpc_proxy": "http://127.0.0.1:9", "no_grpc_proxy": "example.com"},
    {"SSL_CERT_FILE": "/of/an/environment/that/is/gone.pem"},
]


@pytest.mark.parametrize("backend", ["mock", "compatible"])
@pytest.mark.parametrize("proxies", PROXIES, ids=lambda each: next(iter(each)))
def test_what_goes_to_this_machine_goes_past_every_proxy(
    monkeypatch: pytest.MonkeyPatch, server: Server, proxies: dict[str, str], backend: str
) -> None:
    for name, value in proxies.items():
        monkeypatch.setenv(name, value)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    if backend == "compatible":
        monkeypatch.setenv("CLARIFAI_BASE_URL", f"{server.url}/v1")
    use_endpoint()
    base_url, key = os.environ["CLARIFAI_BASE_URL"], os.environ["CLARIFAI_PAT"]
    assert OpenAI(base_url=base_url, api_key=key, max_retries=0).models.list()
    assert httpx.get(f"{base_url}/models", headers={"Authorization": f"Key {key}"}).is_success
    for name in ("no_proxy", "NO_PROXY", "no_grpc_proxy"):
        if "example.com" in proxies.get(name, ""):
            assert {"example.com", "127.0.0.1"} <= set(os.environ[name].split(","))


def test_a_proxy_that_is_set_later_is_passed_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    use_endpoint()
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    base_url, key = os.environ["CLARIFAI_BASE_URL"], os.environ["CLARIFAI_PAT"]
    assert OpenAI(base_url=base_url, api_key=key, max_retries=0).models.list()


def test_a_proxy_stays_for_what_goes_elsewhere(
    monkeypatch: pytest.MonkeyPatch, live: Server
) -> None:
    monkeypatch.setattr(endpoint, "LIVE_URL", live.url.replace("127.0.0.1", "localhost.test"))
    monkeypatch.setenv("HTTP_PROXY", live.url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLARIFAI_PAT", PAT)
    use_endpoint()
    assert live.keys == [f"Bearer {PAT}"], "it went through the proxy"
    assert "NO_PROXY" not in os.environ


@pytest.mark.parametrize(
    "url",
    [
        *("localhost:8000/v1", "127.0.0.1", "ftp://127.0.0.1/v1", "http://", "/v1", "http:/x"),
        *("http://127.0.0.1:PORT/v1", "http://[::1/v1", "http://127.0.0.1:0/v1", "http://.../v1"),
        *("http://127.0.0.1/x\n/v1", "http://127.0.0.1/v1?api-version=1", "http://127.0.0.1/v1#x"),
    ],
)
def test_a_base_url_that_is_no_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("CLARIFAI_BASE_URL", url)
    with pytest.raises(EndpointError, match="write it as http://HOST:PORT/PATH") as refused:
        use_endpoint()
    assert ("/v1...'" in str(refused.value)) == ("?" in url or "#" in url), "what is wrong is seen"


@pytest.mark.parametrize(
    ("platform", "advice"), [("linux", "Check the network"), ("emscripten", "run it in a clone")]
)
def test_a_base_url_where_nobody_listens_is_refused(
    monkeypatch: pytest.MonkeyPatch, platform: str, advice: str
) -> None:
    monkeypatch.setattr("helpers.endpoint.sys.platform", platform)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("CLARIFAI_BASE_URL", f"http://user:secret@127.0.0.1:{port}/v1")
    answers = f"No server answers at http://.*127.0.0.1:{port}/v1"
    with pytest.raises(EndpointError, match=answers) as caught:
        use_endpoint()
    assert "secret" not in str(caught.value) and advice in str(caught.value)
