"""What somebody may have meant who wrote a name that nobody knows; pure."""

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean “x”?`` for the closest of ``known``, or nothing.

    Case and underscores do not count: ``embedWebRTCByDefault`` is ``embed_webrtc_by_default``.
    """
    names = {_bare(name): name for name in known}
    close = difflib.get_close_matches(_bare(word), names, n=1)
    return f"; did you mean “{names[close[0]]}”?" if close else ""


def _bare(name: str) -> str:
    return name.lower().replace("_", "")
