"""A secret that is known shows in no writing: encoded, escaped, in pieces of long lines."""

import json
import quopri
from base64 import b32encode, b64encode, encodebytes, urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from urllib.parse import quote

import pytest

from helpers.mock.record.scrub import Scrubber
from helpers.secrets import SECRET, hide, hide_known, known_secrets


def test_values_of_the_environment_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_API_KEY", "correct horse/battery")
    monkeypatch.setenv("SHOP_NAME", "correct staple")
    monkeypatch.setenv("SOME_TOKEN", "none")
    assert "correct horse/battery" in known_secrets()
    assert hide(b64encode(b"correct horse/battery").decode()) == SECRET
    assert hide("x correct horse/battery y correct%20horse%2Fbattery") == f"x {SECRET} y {SECRET}"
    assert hide("correct staple, none") == "correct staple, none"


WRITINGS: list[Callable[[str], str]] = [
    *(lambda key, n=n: b64encode(f"{'x' * n}:{key}:y".encode()).decode() for n in range(3)),
    *(lambda key, n=n: urlsafe_b64encode(f"{'x' * n}{key}".encode()).decode() for n in range(3)),
    lambda key: b64encode(json.dumps({"note": key}).encode()).decode(),
    lambda key: key.encode().hex(),
    lambda key: key.encode().hex().upper(),
    lambda key: key[::-1],
    lambda key: quote(key),
    lambda key: quote(quote(key, safe=""), safe=""),
    lambda key: key.replace("/", "\\/"),
    lambda key: "".join(f"\\u{ord(letter):04X}" for letter in key),
    lambda key: "".join(f"\\\\x{ord(letter):02x}" for letter in key),
    lambda key: "".join(f"\\u{{{ord(letter):x}}}{letter}"[: -len(letter)] for letter in key),
    lambda key: "".join(f"\\{ord(letter):03o}" for letter in key),
    lambda key: "".join(f"%{ord(letter):02x}" for letter in key),
    lambda key: "".join(f"%25{ord(letter):02X}" for letter in key),
    lambda key: "".join(f"&#{ord(letter)};" for letter in key),
    lambda key: "".join(f"&amp;#x{ord(letter):x};" for letter in key),
    lambda key: key.replace("/", "&sol;").replace("d", "&#100;").replace("k", "\\u006b"),
    lambda key: encodebytes(f"{'x' * 50}{key}".encode()).decode(),
    lambda key: json.dumps(encodebytes(f"{'x' * 51}{key}".encode()).decode()),
    lambda key: quopri.encodestring(f"{'x' * 70}{key}".encode()).decode(),
    lambda key: b32encode(key.encode()).decode(),
    *(lambda key, by=by: key.encode().hex(by) for by in " :"),
    lambda key: str(list(key.encode())),
    lambda key: b64encode(f"echo {key}".encode("utf-16-le")).decode(),
    *(lambda key, end=end: f"{key[:9]}{end}{key[9:]}" for end in ("=\r\n", "\\\n  ")),
]


@pytest.mark.parametrize("key", ["zebrakfjdslwqoa", "k3Abc+/defGHIjk==", "kfj/dslw?qoa>zeb"])
@pytest.mark.parametrize("write", WRITINGS)
def test_a_known_secret_is_known_in_every_writing(write: Callable[[str], str], key: str) -> None:
    scrubber = Scrubber()
    scrubber.learn({"authorization": f"Bearer {key}"})
    for hidden in (scrubber.text(write(key)), hide_known(write(key), {key})):
        # At an edge of base64 a letter may be left, which is in part of what is beside.
        assert SECRET in hidden
        assert write(key)[5:-5] not in hidden


@pytest.mark.parametrize("between", [" ", "-", "\n", "\\n", ", ", " - ", '", "', "\u200b"])
def test_a_known_secret_is_known_where_it_is_spelt(between: str) -> None:
    key = sha256(b"no key").hexdigest()[:32]
    pieces = [key[n : n + 4] for n in range(0, 32, 4)]
    for written in (between.join(key), between.join(pieces).upper()):
        assert hide_known(f"It is: {written}. Yes", {key}) == f"It is: {SECRET}. Yes"
        # As long a row of other digits, such as a hash or zeros, is none.
        assert hide_known(written, {key[::-1].replace("9", "8"), "0" * 32}) == written
    assert hide_known(between.join("0" * 40), {"0" * 32, "correct horse"}) == between.join("0" * 40)
