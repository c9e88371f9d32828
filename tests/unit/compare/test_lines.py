"""Unified diffs: where the lines stand, and where aligning them is given up."""

from difflib import unified_diff

from hypothesis import given
from hypothesis import strategies as st

from d365pop.compare.difference import Lines
from d365pop.compare.lines import LONGEST, MAX_LINES, diff_lines

TEXTS = st.lists(st.sampled_from("abc"), max_size=25)


def test_same_texts_have_no_diff() -> None:
    assert diff_lines("x", ["a"], ["a"]) is None


def test_lines_are_numbered_as_in_the_whole_text() -> None:
    before = [str(number) for number in range(100)]
    found = diff_lines("x", before, [*before[:50], "new", *before[50:]])
    assert found == Lines(
        "x", ("@@ -48,6 +48,7 @@", " 47", " 48", " 49", "+new", " 50", " 51", " 52")
    )


@given(TEXTS, TEXTS)
def test_diff_leads_from_one_text_to_the_other(before: list[str], after: list[str]) -> None:
    found = diff_lines("x", before, after)
    text = found.text if found else ()
    plain = list(unified_diff(before, after, lineterm=""))[2:]
    added = [sum(line[0] == mark for line in text) for mark in "+-"]
    difference = len(after) - len(before)
    assert added[0] - added[1] == difference
    assert bool(text) is bool(plain)


def test_too_many_differing_lines_are_said_to_differ() -> None:
    before = [f"a{number}" for number in range(MAX_LINES + 1)]
    after = [f"b{number}" for number in range(MAX_LINES + 1)]
    found = diff_lines("x", before, after)
    assert found == Lines("x", ("@@ 4001 lines against 4001: too many to align @@",))


def test_line_that_nobody_reads_to_its_end_is_cut_and_said_to_be() -> None:
    found = diff_lines("x", ["a"], ["b" * 5000])
    assert found == Lines("x", ("@@ -1 +1 @@", "-a", f"+{'b' * (LONGEST - 1)}… (5000 characters)"))
