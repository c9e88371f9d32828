"""d365pop on a pseudo-terminal: what it writes, and what stays on the screen."""

import os
import re
import select
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.workspace import clean_environment

if TYPE_CHECKING or sys.platform != "win32":
    import pty

COLUMNS: Final = 100
PATIENCE: Final = 120.0
SILENCE: Final = 2.0
_CONTROL: Final = re.compile(r"\x1b\[\?25[lh]|\x1b\[1?A|\x1b\[2K|\r|\n")


class Terminal:
    """One command line that runs on a terminal of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._bytes = b""
        self._process, self._screen = pty.fork()
        if self._process == 0:
            os.chdir(folder)
            # Whoever runs the tests in the background ignores Ctrl-C, and so would the child.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            environ = {**clean_environment(), "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}
            # In a forked child a warning about threads would end up on the screen.
            os.execvpe(sys.executable, [sys.executable, "-m", "d365pop", *arguments], environ)  # noqa: S606

    @property
    def written(self) -> str:
        """What it has written so far."""
        return self._bytes.decode("utf-8", "replace")

    def wait_for(self, text: str, times: int = 1) -> None:
        """Read until ``text`` has been written so many times."""
        deadline = time.monotonic() + PATIENCE
        while self.written.count(text) < times:
            assert time.monotonic() < deadline, f"no {text!r} in {self.written}"
            assert self._read(1.0), f"it ended without {text!r}: {self.written}"

    def settle(self) -> None:
        """Read until it is silent: what it had to do is done, and it waits."""
        while select.select([self._screen], [], [], SILENCE)[0]:
            if not self._read(SILENCE):
                return

    def answer(self, keys: str) -> None:
        """Press keys at the question that stands there."""
        self.wait_for("[y/N]")
        os.write(self._screen, keys.encode())

    def interrupt(self) -> int:
        """Press Ctrl-C; return the exit code."""
        os.kill(self._process, signal.SIGINT)
        return self.end()

    def end(self) -> int:
        """Read to the end; return the exit code."""
        while self._read(PATIENCE):
            pass
        os.close(self._screen)
        _, status = os.waitpid(self._process, 0)
        return os.waitstatus_to_exitcode(status)

    def _read(self, seconds: float) -> bool:
        """Read what is there, waiting a while for it; say whether more may come."""
        if not select.select([self._screen], [], [], seconds)[0]:
            return seconds < PATIENCE
        try:
            chunk = os.read(self._screen, 4096)
        except OSError:
            return False  # how Linux tells that the other side has ended
        self._bytes += chunk
        return bool(chunk)

    def lines(self) -> list[str]:
        """Return what stays on the screen: rich goes up and clears lines before it draws anew."""
        lines, row, position, written = [""], 0, 0, self.written
        for control in _CONTROL.finditer(written):
            lines[row] += written[position : control.start()]
            position = control.end()
            match control[0]:
                case "\n":
                    row += 1
                    lines += [""] * (row == len(lines))
                case "\x1b[2K":
                    lines[row] = ""
                case "\x1b[1A" | "\x1b[A":
                    row -= 1
                case _:
                    continue
        return lines
