"""docs/deploying.md answers every complaint that the reference of peers lists."""

import re
from pathlib import Path

from tests.workspace import ROOT

PAGE = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
MOST = 25


def answers() -> dict[int, str]:
    """Return the answer to each complaint by its number."""
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]+) \|$", PAGE, re.MULTILINE)
    return {int(number): answer for number, answer in rows}


def test_every_complaint_has_its_answer() -> None:
    assert list(answers()) == list(range(1, MOST + 1))
    assert all(answers().values())


def test_reference_holds_no_complaint_that_the_page_lacks(shared: Path) -> None:
    text = (shared / "facts" / "peers.md").read_text(encoding="utf-8")
    section = text.partition("## 3.")[2].partition("\n## ")[0]
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", section, re.MULTILINE)]
    assert numbers == list(answers())


def test_page_names_no_address() -> None:
    assert "http://" not in PAGE
    assert "https://" not in PAGE
