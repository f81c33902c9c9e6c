"""Requests that nobody would make: some of those of `tests/bench/hostile.py`, which sends more."""

from helpers.mock.server import MockServer
from tests.bench.hostile import disarm, requests, send


def test_over_all_routes_there_is_an_answer_and_none_is_a_failure_of_the_server(
    mock: MockServer,
) -> None:
    for each in requests(200, seed=7):
        # A machine that has much else to do is no fault of the server.
        status, _ = send(mock.port, each, patience=60)
        assert 200 <= status < 500, (status, each)
        if "/_mock" in each.target:
            disarm(mock.port)
