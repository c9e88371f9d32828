"""The tour in docs/tour.md works as it stands there, and the program says what the page shows."""

import sys
from pathlib import Path

import pytest

from tests.tour import BLOCK, PAGE, comparable, walk


def test_what_a_build_looks_like_is_left_out_and_nothing_else() -> None:
    lines = ["  +!function(){", "  0};var t=Ob…", "  create web resource x", "  +onload D365Pop.a"]
    assert comparable(lines) == ["+onload D365Pop.a"]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_tour_is_what_the_program_shows_to_somebody_new(tmp_path: Path) -> None:
    shown = {step: comparable(lines) for step, lines in walk(tmp_path).items()}
    written = {
        found[2]: comparable(found[3].splitlines())
        for found in BLOCK.finditer(PAGE.read_text("utf-8"))
    }
    assert written == shown, "walk it anew: python -m tests.tour"
