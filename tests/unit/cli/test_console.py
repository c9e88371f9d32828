"""What reaches a terminal: one message per failure, no secret, results apart from messages."""

import os
import signal
import sys
import threading
from pathlib import Path

import pytest
from rich.table import Table
from rich.text import Text

from d365pop.cli import console
from d365pop.errors import DataverseError, NetworkError

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzZWNyZXQifQ.c2lnbmF0dXJl"


def int_of(text: str) -> None:
    raise ValueError(text)


def test_error_says_what_why_and_what_to_do_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    console.show_error(
        DataverseError(
            "import-failed",
            "The import of [b]X[/b] failed.",
            status=400,
            code="0x80048033",
            request_id="42",
            context="first line\nsecond [line]",
            hint="Mend it.\nOr leave it.",
        )
    )
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "error: The import of [b]X[/b] failed. (import-failed)",
        "  first line",
        "  second [line]",
        "  code 0x80048033",
        "  request id 42, for Microsoft's support",
        "  hint: Mend it.",
        "        Or leave it.",
    ]


def test_error_without_context_is_two_lines(capsys: pytest.CaptureFixture[str]) -> None:
    console.show_error(NetworkError("timeout", "No answer.", hint="Try later."))
    assert capsys.readouterr().err.splitlines() == [
        "error: No answer. (timeout)",
        "  hint: Try later.",
    ]


def test_token_in_an_error_is_masked(capsys: pytest.CaptureFixture[str]) -> None:
    console.show_error(NetworkError("x", f"Sent Authorization: Bearer {JWT}"))
    assert JWT not in capsys.readouterr().err


def test_token_in_a_note_is_masked(capsys: pytest.CaptureFixture[str]) -> None:
    console.note(f"token {JWT}")
    assert JWT not in capsys.readouterr().err


def test_defect_keeps_its_traceback_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="broken") as caught:
        int_of(f"broken by {JWT}")
    console.show_defect(caught.value)
    err = capsys.readouterr().err
    assert "Traceback" not in err
    assert "(defect)" in err
    kept = (tmp_path / console.CRASH_REPORT).read_text(encoding="utf-8")
    assert "Traceback" in kept
    assert JWT not in kept + err


def test_defect_in_a_folder_that_cannot_be_written_is_still_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".d365pop").write_text("in the way", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    console.show_defect(ValueError("broken"))
    assert "no details were kept" in capsys.readouterr().err


def test_lines_of_a_table_end_where_their_text_does_in_a_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    grid = Table.grid(padding=(0, 1))
    grid.add_row("leave", "short")
    grid.add_row("publish", "a good deal longer")
    console.messages().print(grid)
    assert capsys.readouterr().err == "leave   short\npublish a good deal longer\n"


def test_long_lines_are_not_wrapped_in_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    line = "word " * 200
    console.note(line.strip())
    assert capsys.readouterr().err == line.strip() + os.linesep.replace("\r", "")


def test_name_that_would_steer_a_terminal_is_shown_as_it_is_spelled(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console.note("form account / A\x1b]0;owned\x9b31m\u202e")
    console.show_error(NetworkError("gone", "No \x1b[2Jlife.", hint="\x1b[A"))
    table = Table.grid()
    table.add_row(Text("cell \x1b[31m"))
    console.messages().print(table)
    *told, cell = capsys.readouterr().err.splitlines()
    assert "\x1b" not in cell
    assert told == [
        r"form account / A\u001b]0;owned\u009b31m\u202e",
        r"error: No \u001b[2Jlife. (gone)",
        r"  hint: \u001b[A",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_ctrl_c_that_does_not_wake_the_read_ends_the_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Like one that strikes in the moment before the read: noted, and nothing wakes up."""
    keyboard, terminal = os.openpty()
    answered = threading.Event()
    nudges = 0

    def presses() -> None:
        nonlocal nudges
        screen = b""
        while b"[y/N]" not in screen:
            screen += os.read(keyboard, 1024)
        answered.wait(0.1)  # the read has begun by now, in another thread than this one
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        if not answered.wait(10):
            nudges += os.write(keyboard, b"\n")

    # Whoever runs the tests in the background ignores Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    somebody = threading.Thread(target=presses)
    try:
        with (
            os.fdopen(terminal, "r", encoding="utf-8") as stdin,
            os.fdopen(os.dup(terminal), "w", encoding="utf-8") as stderr,
            monkeypatch.context() as patch,
        ):
            patch.setattr(sys, "stdin", stdin)
            patch.setattr(sys, "stderr", stderr)
            somebody.start()
            with pytest.raises(KeyboardInterrupt):
                console.ask("Go on?")
            answered.set()
            somebody.join()
    finally:
        signal.signal(signal.SIGINT, before)
        os.close(keyboard)
    assert nudges == 0
