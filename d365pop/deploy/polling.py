"""How often to look at something that runs in the environment; pure."""

from typing import Final

SHORTEST: Final = 0.1
LONGEST_EARLY: Final = 1.0
SHARE: Final = 0.05


def poll_interval(waited: float) -> float:
    """Return how long to wait before the next look, all in seconds.

    A quick import is seen at once, a long one costs few requests and at most a twentieth more.
    """
    early = min(max(SHORTEST, waited / 4), LONGEST_EARLY)
    return max(early, waited * SHARE)
