"""Failures on request: each of them as Clarifai, or the network, would bring it about.

A program in Python says `with helpers.faults.fault("busy", times=2): ...`. Any other uses the
control route, which takes connections from this machine only, addressed to it by its own name
(localhost or its address), with a key as every other route does:

    POST   /_mock/faults       {"name": "busy", "times": 2}  → 201 and the fault, with its `id`
    GET    /_mock/faults       what is armed, and every name with what it does
    GET    /_mock/faults/{id}  → one fault, with how often it struck so far
    DELETE /_mock/faults/{id}  → 200 and the fault, with how often it struck
    DELETE /_mock/faults       → 200, and all of this key are gone

Fields of a fault, all but `name` optional:

    times       strike this many requests, and no more [default: until it is removed]
    model       strike only requests that name this model, in either form of its reference
    after       how many chunks of a stream go before it [default: 3]
    seconds     how long a pause takes, at most 60 [default: 2]; of slow_stream, one of many
    per_second  with rate_limit: let this many requests a second pass, and refuse the others

A request is struck by the first armed fault that fits it and was armed with the key that it brings:
so several programs share a mock, each with a key of its own, and none strikes another. Statuses and
texts are those of `errors.py`.
"""

from helpers.mock.faults.control import Faults
from helpers.mock.faults.kinds import KINDS

__all__ = ["KINDS", "Faults"]
