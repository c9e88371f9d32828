"""A standard stream that nobody reads any more; alone, so that a start needs no rich."""

import os
from typing import TextIO


def lead_nowhere(stream: TextIO) -> None:
    """Let the interpreter flush ``stream`` at its end without a complaint: its reader has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
