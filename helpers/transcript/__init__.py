"""What was really sent and received: the exchanges of this process, on every backend alike."""

from helpers.transcript.capture import FILE_VARIABLE, current_cell, start_capture, transcript
from helpers.transcript.exchange import Exchange
from helpers.transcript.transcript import Transcript

__all__ = [
    "FILE_VARIABLE",
    "Exchange",
    "Transcript",
    "current_cell",
    "start_capture",
    "transcript",
]
