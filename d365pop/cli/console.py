"""Sole owner of the rich consoles: stdout carries results, stderr everything else, all redacted."""

import io
import re
import select
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import IO, Final, TextIO, cast

from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment
from rich.text import Text

from d365pop.cli.streams import lead_nowhere
from d365pop.errors import D365PopError, UsageError
from d365pop.redaction import redact
from d365pop.report.plain import unseen_as_codes, without_commands

CRASH_REPORT: Final = Path(".d365pop") / "last-defect.txt"
_LOOK: Final = 0.5
"""Seconds after which a wait for keys looks whether Ctrl-C was among them."""


_FILLING: Final = re.compile(r" +\n")


class _Redacted(io.TextIOBase):
    """A text stream that masks secrets in what passes through, and commands to pipelines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a plain attribute in the base class
        """The encoding of the stream behind, which decides what rich draws."""
        return self._stream.encoding or "utf-8"

    def write(self, text: str) -> int:
        if not self.isatty():
            # rich fills lines up to the width of a table.
            text = _FILLING.sub("\n", text)
        self._stream.write(without_commands(redact(text)))
        return len(text)

    def flush(self) -> None:
        self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()


class _Console(Console):
    """Shows what others named as it is spelled; what a reader who leaves means is decided above."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """Draw, with every unseen character of a text as its code: a terminal would obey it."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(unseen_as_codes(segment.text), segment.style)

    def on_broken_pipe(self) -> None:
        """Let the error through, where rich would exit by itself."""
        raise BrokenPipeError


_stdout_is_data: ContextVar[bool] = ContextVar("stdout_is_data", default=False)


@contextmanager
def stdout_is_data() -> Iterator[None]:
    """Keep stdout for one document: what else would go there goes to stderr."""
    token = _stdout_is_data.set(True)
    try:
        yield
    finally:
        _stdout_is_data.reset(token)


def results() -> Console:
    """Return the console of stdout, or of stderr where stdout is kept for a document."""
    return _console(sys.stderr if _stdout_is_data.get() else sys.stdout)


def messages() -> Console:
    """Return the console of stderr."""
    return _console(sys.stderr)


def _console(stream: TextIO) -> Console:
    # A log is read in an editor or a web page: wrap for terminals only.
    width = None if stream.isatty() else 200
    return _Console(
        file=cast("IO[str]", _Redacted(stream)),
        highlight=False,
        width=width,
        soft_wrap=width is not None,
    )


def write_data(text: str) -> None:
    """Write a document to stdout as it is, in UTF-8; its values are masked already."""
    _write_raw(sys.stdout, text)


def write_commands(text: str) -> None:
    """Write a pipeline's commands to stderr, where its agent reads them too; never wrapped."""
    _write_raw(sys.stderr, text)


def _write_raw(stream: TextIO, text: str) -> None:
    try:
        stream.flush()
        stream.buffer.write(text.encode())
        stream.flush()
    except BrokenPipeError:
        # The reader (`head`) has seen enough; what we found, and the exit code, stay the same.
        lead_nowhere(stream)


def note(text: str) -> None:
    """Say something about the work, on stderr."""
    messages().print(Text(text))


def show_rows(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under quiet headings; what is too long for its column folds."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    results().print(table)


def can_ask() -> bool:
    """Return whether somebody sits at a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> bool:
    """Ask on the terminal; anything but yes is no.

    Raises:
        UsageError: there is nobody to answer.
    """
    if not can_ask():
        raise UsageError(
            "confirmation-needed",
            "There is no terminal to ask on.",
            hint="Add --yes to go on without a question.",
        )
    _forget_typed_ahead()
    console = messages()
    console.print(Text(f"{question} [y/N] "), end="")
    try:
        answer = _typed_line()
    except KeyboardInterrupt:
        console.print()
        raise
    if not answer.endswith("\n"):
        console.print()
    return answer.strip().lower() in {"y", "yes"}


def _typed_line() -> str:
    """Wait in short steps: a read without end sleeps through the Ctrl-C just before it."""
    if sys.platform != "win32":  # where Ctrl-C ends the console's own read
        while not select.select([sys.stdin], [], [], _LOOK)[0]:
            pass
    # Not input(): its line editor redraws the line, and the question would be gone.
    return sys.stdin.readline()


def _forget_typed_ahead() -> None:
    """Drop keys that were pressed before there was a question: they answer nothing."""
    if sys.platform == "win32":
        import msvcrt

        while msvcrt.kbhit():
            msvcrt.getwch()
    else:
        import termios

        termios.tcflush(sys.stdin, termios.TCIFLUSH)


def show_error(error: D365PopError) -> None:
    """Print one failure: what, why, and the next thing to type."""
    console = messages()
    console.print(f"[bold red]error:[/] {escape(error.message)} [dim]({error.reference})[/]")
    for line in filter(None, [*error.context.splitlines(), *_platform_facts(error)]):
        console.print(Text(f"  {line}"))
    if error.hint:
        first, *more = error.hint.splitlines()
        console.print(f"  [bold]hint:[/] {escape(first)}")
        for line in more:
            console.print(Text(f"        {line}"))


def _platform_facts(error: D365PopError) -> list[str]:
    request_id = getattr(error, "request_id", "")
    code = getattr(error, "code", "")
    return [
        *([f"code {code}"] if code else []),
        *([f"request id {request_id}, for Microsoft's support"] if request_id else []),
    ]


def show_defect(error: Exception) -> None:
    """Print that this is our own mistake, and keep the traceback where it can be sent from."""
    text = redact("".join(traceback.format_exception(error)))
    try:
        CRASH_REPORT.parent.mkdir(parents=True, exist_ok=True)
        CRASH_REPORT.write_text(text, encoding="utf-8")
        where = f"Please report it with {CRASH_REPORT}."
    except OSError:
        where = "Please report it; the folder here cannot be written, so no details were kept."
    console = messages()
    console.print(
        f"[bold red]error:[/] A defect of d365pop: {escape(type(error).__name__)}:"
        f" {escape(str(error))} [dim](defect)[/]"
    )
    console.print(f"  [bold]hint:[/] {escape(where)}")
