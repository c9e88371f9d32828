"""Ctrl-C at a chosen moment: between two lines, also of the library that is at work."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, TypeAlias

_Trace: TypeAlias = Callable[[FrameType, str, object], "_Trace | None"]
_INSTALLING: Final = frozenset({"signal", "enum"})
"""Modules that run some fifty lines while a listener is put in its place."""


@contextmanager
def ctrl_c_before_line(number: int) -> Iterator[None]:
    """Press it before the line of that number which runs here once somebody listens to it."""
    deaf, tracing = signal.getsignal(signal.SIGINT), sys.gettrace()
    begun = 0

    def trace(frame: FrameType, event: str, _argument: object) -> _Trace:
        nonlocal begun
        listens = signal.getsignal(signal.SIGINT) is not deaf
        if event == "line" and listens and frame.f_globals["__name__"] not in _INSTALLING:
            begun += 1
            if begun == number:
                signal.raise_signal(signal.SIGINT)
        return trace

    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(tracing)
        signal.signal(signal.SIGINT, deaf)
