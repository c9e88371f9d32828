"""The session that README shows, as text and as picture, is what the program does today."""

import sys
from base64 import b64decode

import pytest

from tests.local_dataverse import LocalDataverse
from tests.session import (
    BLOCK,
    PICTURE,
    README,
    SCRIPT,
    masked,
    picture,
    plain,
    record,
    text_of,
)
from tests.workspace import Workspace

AGAIN = "record it anew: python -m tests.session"


def bare(lines: list[str]) -> list[str]:
    """Return lines without blanks: a picture has none between two colours."""
    return ["".join(line.split()) for line in lines]


def test_masking_keeps_everything_but_names_of_runs_and_times() -> None:
    told = "Run 20261126T195956Z-local-rollback. │    0.41 │ 100 % 0:00:07 │ 1.1.0.0 │"
    assert masked([told, "  "]) == ["Run RUN-rollback. │ SECONDS │ 100 % ELAPSED │ 1.1.0.0 │"]


def test_picture_shows_its_lines_and_loads_nothing() -> None:
    lines = ["\x1b[1;32m$\x1b[0m d365pop plan <&>", "", "  │ ä │"]
    drawn = picture(lines)
    assert bare(text_of(drawn)) == bare([line for line in plain(lines) if line])
    assert "url(http" not in drawn
    assert "@font-face" not in drawn


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_session_in_the_readme_is_what_the_program_shows(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    lines = masked(plain(record(workspace, dataverse)))
    shown = BLOCK.search(README.read_text("utf-8"))
    assert shown
    assert masked(shown[2].splitlines()) == lines, AGAIN
    assert bare(masked(text_of(PICTURE.read_text("utf-8")))) == bare(lines), AGAIN
    fixed = b64decode(dataverse.web_resource(SCRIPT)["content"])
    assert fixed == b"// a quick fix, made in the maker portal"
