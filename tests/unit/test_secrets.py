"""A secret shows nowhere: every form of key in every place; and what is not one stays."""

import json
import random
import string
import time
from base64 import b64encode, urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.mock.record.scrub import Scrubber
from helpers.secrets import (
    SECRET,
    hide_in_data,
    hide_in_query,
    hide_in_text,
    is_id_name,
    is_secret_name,
)
from tests.examples import QUICK

_draw = random.Random(7)


def letters(count: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(_draw.choice(alphabet) for _ in range(count - 1)) + "7"


KEYS = {
    "pat": letters(32, "0123456789abcdef"),
    "openai": "sk-" + letters(48),
    "openai project": "sk-proj-" + letters(20) + "-" + letters(30),
    "anthropic": "sk-ant-api03-" + letters(40),
    "stripe": "sk_live_" + letters(24),
    "github": "ghp_" + letters(36),
    "github fine": "github_pat_" + letters(22) + "_" + letters(40),
    "gitlab": "glpat-" + letters(20),
    "aws": "AKIA" + letters(16, string.ascii_uppercase + string.digits),
    "google": "AIza" + letters(35),
    "hugging face": "hf_" + letters(34),
    "slack": "xoxb-" + letters(12, string.digits) + "-" + letters(24),
    "jwt": f"eyJ{letters(20)}.eyJ{letters(30)}.{letters(43)}",
    "sendgrid": f"SG.{letters(22)}.{letters(43)}",
    "npm": "npm_" + letters(36),
    "pypi": "pypi-" + letters(60),
    "groq": "gsk_" + letters(52),
    "docker": "dckr_pat_" + letters(27),
    "linear": "lin_api_" + letters(40),
    "planetscale": "pscale_tkn_" + letters(43),
    "sentry": "sntrys_" + letters(60),
    "grafana": "glsa_" + letters(32) + "_" + letters(8, "0123456789abcdef"),
    "atlassian": "ATATT3" + letters(60),
    "airtable": "pat" + letters(14) + "." + letters(64, "0123456789abcdef"),
    "postman": "PMAK-" + letters(24, "0123456789abcdef") + "-" + letters(34, "0123456789abcdef"),
    "tailscale": "tskey-auth-" + letters(17) + "-" + letters(32),
    "resend": "re_" + letters(8) + "_" + letters(24),
    "settlemint": "sm_pat_" + letters(16),
    "alibaba": "LTAI" + letters(20),
    "terraform": letters(14) + ".atlasv1." + letters(64),
    "dynatrace": f"dt0c01.{letters(24).upper()}.{letters(64).upper()}",
    "a webhook": f"https://discord.com/api/webhooks/123456789012345678/{letters(68)}",
    "hubspot": "pat-na1-" + "-".join(map(letters, (8, 4, 4, 4, 12))),
    "launchdarkly": "sdk-" + "-".join(letters(n, "0123456789abcdef") for n in (8, 4, 4, 4, 12)),
    "azure": letters(84) + "AZDO" + letters(4),
    "weights and biases": "wandb_v1_" + letters(60),
    "putty": f"PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 1\n{letters(64)}\nPrivate-MAC: 12",
    "discord": f"M{letters(23)}.{letters(6)}.{letters(27)}",
    "pgp": f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n{letters(64)}\n"
    "-----END PGP PRIVATE KEY BLOCK-----",
    "pem": f"-----BEGIN RSA PRIVATE KEY-----\n{letters(64)}\n-----END RSA PRIVATE KEY-----",
}
NAMES = [
    "x-api-key", "X-API-Key", "token", "auth_token", "id_token", "refreshToken", "client_secret",
    "clientSecret", "secret_key", "private_key", "access_key", "password", "passwd",
    "credentials", "clarifai_pat", "CLARIFAI_PAT", "authorization", "Set-Cookie",
    "X-Amz-Security-Token", "X-Amz-Credential", "AWS_ACCESS_KEY_ID", "openai_api_key", "apikey",
    "API_KEY_2", "azure_openai_key", "storageKey", "code_verifier", "connection_string",
    "apitoken", "smtp_pass", "Passwort", "x-rapidapi-key", "auth_code", "client-key-data",
    "private_key_id", "basic_auth", "privateKeyPem", "consumer_key", "clientAssertion",
    "seed_phrase", "PHPSESSID",
]  # fmt: skip
OPEN_NAMES = [
    "max_tokens", "total_tokens", "completion_tokens", "next_page_token", "eos_token", "key",
    "tokenizer", "author", "keyboard", "path", "pattern", "patient", "req_id", "etag",
    "secretary", "zip_code", "boarding_pass", "bypass", "response", "key_data", "rewrite",
    "primary_key", "foreign_key", "token_count", "passenger", "signature", "tokens_per_minute",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_says_that_it_is_a_secret(name: str) -> None:
    assert is_secret_name(name)
    assert hide_in_data({name: "abc"}) == {name: SECRET}
    assert hide_in_data({"headers": [{"name": name, "value": "abc"}]})["headers"][0]["value"] == (
        SECRET
    )
    assert hide_in_data([[name, "abc"], ["accept", "x"]]) == [[name, SECRET], ["accept", "x"]]
    assert hide_in_data({name: ["abc", {"x": "y"}]}) == {name: [SECRET, {"x": SECRET}]}
    assert hide_in_query(f"/x?a=1&{name}=abc&b=2") == f"/x?a=1&{name}={SECRET}&b=2"
    inner = json.dumps({name: "abc"})
    assert "abc" not in hide_in_data({"arguments": inner})["arguments"]
    assert "abc" not in hide_in_data({"text": json.dumps({"again": inner})})["text"]
    assert "abc" not in hide_in_text(f"Call it with {inner}, please.")
    assert "abc" not in hide_in_text(f"Call it with {json.dumps(inner)}, please.")
    assert "abc" not in hide_in_text(f"grant=x&{name}=abc&y=z")


@pytest.mark.parametrize("name", OPEN_NAMES)
def test_another_name_does_not(name: str) -> None:
    assert not is_secret_name(name)
    data = {name: "abc", "x": {name: 12}}
    assert hide_in_data(data) == data


@pytest.mark.parametrize("kind", KEYS)
def test_a_form_of_key_is_hidden_in_every_place(kind: str) -> None:
    key = KEYS[kind]
    for text in (key, f"My key is {key}.", f"{key}\n", f"a={key}&b=1", f"<{key}>", f'"{key}"'):
        assert key not in hide_in_text(text)
    for data in (
        {"note": key},
        [key],
        {"a": [{"b": f"x {key}"}]},
        {"arguments": json.dumps({"note": f"{key}"})},
        {f"{key}": 1},
    ):
        assert letters_of(key) not in json.dumps(hide_in_data(data))


IN_TEXTS = [
    "shop --client-secret {} --verbose",
    "shop --password={}",
    "sshpass -p {} ssh ada@shop",
    "mysql -u root -p{} shop",
    "//registry.npmjs.org/:_authToken={}",
    "Passwort: {}",
    "curl -u ada:{} http://127.0.0.1",
    "redis://:{}@127.0.0.1",
    "https://{}@git.example/a.git",
    "headers=[(b'x-api-key', b'{}'), (b'accept', b'*/*')]",
    "{{b'x-api-key': b'{}'}}",
    'shop ["--api-key", "{}"]',
    '[["X-API-Key", "{}"]]',
    '[{{"name": "X-API-Key", "value": "{}"}}]',
    '<add key="ApiKey" value="{}"/>',
    "<password>{}</password>",
    "api_key = '{}'",
    "api_key = {}",
    'os.environ["SHOP_TOKEN"] = "{}"',
    '$env:SHOP_TOKEN = "{}"',
    "password: '{}'",
    "apiKey: '{}',",
    "\u201capi_key\u201d: \u201c{}\u201d",
    "machine shop login ada password {}",
    "The API key is {}.",
    "https://shop.test/?next=%2Fin%3Fapi_key%3D{}",
    "%7B%22api_key%22%3A%22{}%22%7D",
    "\xfe\xffapi_key={}",
    "Here is my API key:\n{}",
    "**Password:** `{}`",
    "| token | `{}` |",
    "Use the token {} to log in",
    "Mein Passwort lautet {}",
    "contraseña: {}",
    "пароль: {}",
    "密码：{}",
    'builder.setApiKey("{}")',
    'let api_key: &str = "{}";',
    "const token=`{}`",
    '(token := "{}")',
    'add_argument("--token", default="{}")',
    'variable "db_password" {{\n  default = "{}"\n}}',
    '<input type="password" value="{}">',
    "CREATE USER ada WITH PASSWORD '{}'",
    "ALTER USER ada IDENTIFIED BY '{}'",
    "<x:Password Type='text'>{}</x:Password>",
    "<key>apiKey</key><string>{}</string>",
    "docker login -u ada -p {} shop",
    "http -a ada:{} shop",
    "sshpass -p '{}' ssh shop",
    "jdbc:oracle:thin:ada/{}@//127.0.0.1/x",
    'Authorization: Hawk id="ada", mac="{}"',
    'said "Authorization: Digest username=\\"ada\\", response=\\"{}\\"',
    '[["curl", "-u", "ada:{}"]]',
    '[{{"Key": "X-API-Key", "Value": "{}"}}]',
    '{{"headers": {{"X-Key": "{}"}}}}',
    "My key ({}) no longer works",
    "your new key: {}",
    "API key -> {}",
    "apiKey – {}",
    "My token's {}",
    "abcd-{} is my API key",
    "| user | API key |\n|---|---|\n| ada | `{}` |\n| bob | long |",
    "user,city,api_key\nada,London,{}\n",
    "   user      token\n0   ada      {}",
    'gh secret set SHOP --body "{}"',
    "aws configure set aws_secret_access_key {}",
    "kubectl create secret generic shop --from-literal=x={}",
    "https://shop.test/in?code={}&state=a",
    "https://shop.test/in#code={}",
    "https://shop.test/a?n=1&amp;sig={}",
    "https://shop.test/a?n=1&X-Amz-Signature={}",
    'said {{"note": "Use {{\\"password\\": \\"{}\\"}}"}}',
    'said {{"api_keys": ["{}"]}}',
    'said {{\\"tokens\\": [\\n  \\"{}\\"\\n]}}',
    '{{"kty": "oct", "k": "{}"}}',
    "a key, {{'kty': 'EC', 'd': '{}Aaaaaaaaaaa'}}, of ours",
]


@pytest.mark.parametrize("text", IN_TEXTS)
def test_a_secret_in_a_text_is_known_by_what_stands_before_it(text: str) -> None:
    assert "zebra7staple" not in hide_in_data(text.format("zebra7staple"))
    assert hide_in_text(text.format("")) == text.format("")


@pytest.mark.parametrize("header", ["Authorization: Bearer ", "Token%20", "Set-Cookie: "])
def test_what_only_says_that_a_secret_follows_stays(header: str) -> None:
    assert hide_in_text(f"{header}zebra7staple") == header + SECRET


@pytest.mark.parametrize("packed", ["api_key={}", '{{"password": "{}"}}', "a key: sk-proj-{}{}"])
def test_a_secret_in_base64_is_one(packed: str) -> None:
    plain = packed.format("zebra7staple", "zebra7staple").encode()
    for written in (b64encode(plain).decode(), urlsafe_b64encode(plain).decode().rstrip("=")):
        assert hide_in_text(f"data:text/plain;base64,{written}") == (
            f"data:text/plain;base64,{SECRET}"
        )
    innocent = b64encode(b"A text without any of them, as most are.").decode()
    assert hide_in_text(innocent) == innocent


@pytest.mark.parametrize(
    "text",
    [
        '{"url": "https://shop.test/?next=%2Fin%3Fapi_key%3D@", "n": 1} or so',
        "(see https://shop.test/?q=api_key%3D@), 100%",
        "a &lt;b&gt;api_key=@&lt;/b&gt;",
    ],
)
def test_what_is_around_a_secret_in_another_writing_stays_as_it_is(text: str) -> None:
    assert hide_in_text(text.replace("@", "Vy1iTbPvfKQcf3hGMDpy4DE9")) == text.replace("@", SECRET)


ROWS = [
    *("a-", "a.", "api_key_", "sk-", "://", "key=", "Bearer ", '"a":"b",', "cookie:", "-u a"),
    *('"a":["', '\\"', '"a":"\\"a\\":\\"', "'a':'\\\\\\'", "\\\\"),
    *("%3D", "a%22", 'name="', "<a>", "--token ", "password ", 'key = "', "re_", "abcd1234", "?a="),
    *('token("', "token | ", "a token ", "**token:** ", "token: a ", "<key>a", "docker login a "),
    *(
        "| token |\n",
        'token,"a',
        "gh secret set ",
        "my key (",
        "aws configure =a1",
        "a1b2c3d4e5f6 is ",
    ),
]


@pytest.mark.parametrize("piece", ROWS)
def test_a_long_text_takes_a_time_that_grows_with_it_and_no_faster(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    began = time.process_time()
    Scrubber(["api.example.com"]).text(text)
    assert time.process_time() - began < 1


def letters_of(key: str) -> str:
    """The part of a key that survives any escape."""
    return max(key.split("\n"), key=len)


UUID = "6f1c2b7e-3d4a-4b5c-8e9f-0a1b2c3d4e5f"
INNOCENT: list[Any] = [
    {"usage": {"total_tokens": 7}, "max_tokens": 5, "id": "chatcmpl-" + "ab" * 16},
    {"error": {"req_id": "cd" * 16}, "hash": "ef" * 16, "md5": "01" * 16},
    {"sha": "ab" * 32, "uuid": "12345678-1234-1234-1234-123456789012"},
    {"logprobs": {"content": [{"token": "Hello", "logprob": -0.1, "bytes": [72]}]}},
    {"properties": {"password": {"type": "string", "description": "At least 8"}}},
    {"required": ["password", "user"]},
    "A token: a piece of a word. The password is yours; the key idea is simple.",
    'client = OpenAI(api_key=os.environ["CLARIFAI_PAT"], base_url=BASE_URL)',
    "headers = {'Authorization': f'Bearer {key}'}",
    "api_key=self.key, token=None, secret=$SECRET",
    "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b/versions/" + "ab" * 16,
    "curl -u $NAME:$PASS http://127.0.0.1; git clone ssh://git@host/a; run --key-file a.txt",
    "See section 4: tokens, and sk-learn or scikit-learn-extra-tools",
    "if token == expected: pass; token = next(tokens); secret = read(path2); api_key = None",
    "a unit_test_of_authorization_in_2024_q3, or re_authorization_2024_guide",
    "The password is what you choose, and the token gpt-4o-2024-08-06 reads is a word.",
    "https://shop.test/?next=%2Fin%3Fpage%3D2, and args [--token-limit 5]",
    '<p>password</p> {"name": "city", "value": "Paris2024"}',
    "https://shop.test/?code=404&country_code=DE and https://shop.test/?a;sig=none",
    "your key takeaway (of 2024), my points: temperature0.7, the key difference (GPT-4o-2024)",
    "| Token | Id |\n|---|---|\n| hello | 15339 |\n| world2 | 1 |\n\nm,tokens\ngpt-4o-2024,128000",
    f"order {UUID}, the primary key is {UUID}, idempotency key: {UUID}, {UUID} is the cache key",
    "git commit --body 'Adds key2024parser1'; kubectl get secret shop; gh secret list",
    {"d": "M10 10 L20 20", "k": 5, "p": "x", "q": "aQ1aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    'Outcome(tokens=705), and print(api_key=\\"not-a-key\\") in a line of JSON',
    'count_tokens("gpt-4o-mini-2024-07-18"); play -a 16:9; docker run --name login -p 8080:80',
]


@pytest.mark.parametrize("data", INNOCENT)
def test_what_is_not_a_secret_stays(data: Any) -> None:
    assert hide_in_data(data) == data


# Long, and of letters and digits that change places often.
RANDOM = ["k9Qz7Lm2Xp4Rt8Vw1Ny6Bc3D", "q7x2m9k4w8z1p5r3t6y0", "Zx8+qT/4mLw9Rb2Nc7Hs5Yd1Kf6Jg3Pv=="]
UNDER_KEY = [
    *(
        "key: {}",
        'Key: "{}"',
        "**Key**: `{}`",
        "KEY={}",
        "the key is {}",
        "key -> {}",
        "key:\n  {}",
    ),
    *("user,key\nada,{}", "user;key\nada;{}", "  user   Key\n0  ada   {}", "user\tKey\nada\t{}"),
    *("<li>Key: {}</li>", "<b>Key:</b> {}", "<dt>Key</dt><dd>{}</dd>", "<th>Key</th><td>{}</td>"),
    "+------+-----+\n| user | Key |\n+------+-----+\n| ada  | {} |",
    "┃ user ┃ Key ┃\n┡━━━━━━╇━━━━━┩\n│ ada  │ {} │",
    "<tr><th></th><th>user</th>\n<th>Key</th></tr></thead>\n"
    "<tr><th>0</th><td>ada</td><td>long</td></tr>\n<tr><th>1</th><td>bob</td><td>{}</td></tr>",
    "<TR><TH>user<TH>Token<TR><TD>ada<TD><code>{}</code>",
    '{{"key": "{}"}}',
    '{{"headers": [["key", "{}"]]}}',
    '{{"keys": ["long", "{}"]}}',
]
INNOCENT_KEYS = [
    *(
        "key: value",
        'key: "name"',
        {"key": "name"},
        f"key: {UUID}",
        f"model: {UUID}",
        {"key": UUID},
    ),
    *(f"{kind} key: {RANDOM[0]}" for kind in ("public", "primary", "sort", "cache", "Idempotency")),
    *(
        "a piano key: A4",
        "key: C4-E4-G4-B4-D5-F5-A5",
        "key (C major 7)",
        "sort key: created_at_2024",
        "Press any key: Enter",
    ),
    *({"key": "gpt-4o-mini-2024-07-18"}, {"key": "uploads/2024/01/a1b2c3d4e5f6a7b8.png"}),
    *({"key": RANDOM[0], "value": 1}, "sorted(rows, key=lambda row: row['date2024'])"),
    "| Key | Value |\n|---|---|\n| model | gpt-4o-mini-2024-07-18 |\n| run | 20240102T030405Z |",
    "<tr><th>Key</th><th>Value</th></tr><tr><td>chapter2section3paragraph4</td><td>0.7</td></tr>",
]


@pytest.mark.parametrize("text", UNDER_KEY)
@pytest.mark.parametrize("key", RANDOM)
def test_under_the_word_key_alone_what_looks_random_is_a_secret(text: str, key: str) -> None:
    assert key not in json.dumps(hide_in_data(text.format(key)))
    assert hide_in_data(text.format("ada")) == text.format("ada")


@pytest.mark.parametrize("data", INNOCENT_KEYS)
def test_other_keys_stay(data: Any) -> None:
    assert hide_in_data(data) == data


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=8) | st.sampled_from(NAMES + OPEN_NAMES), inner, max_size=3
        )
    ),
    max_leaves=10,
)


@QUICK
@given(JSON, st.sampled_from(sorted(KEYS)), st.sampled_from(NAMES))
def test_nothing_raises_and_nothing_is_hidden_twice(data: Any, kind: str, name: str) -> None:
    key = KEYS[kind]
    whole = {"a": data, "b": [data, key], name: key, "c": json.dumps({name: data, "d": key})}
    hidden = hide_in_data(whole)
    assert letters_of(key) not in json.dumps(hidden)
    assert hide_in_data(hidden) == hidden


def test_names_of_ids() -> None:
    assert is_id_name("req_id") and is_id_name("x-request-id") and not is_id_name("order")
