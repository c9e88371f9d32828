"""Each state that a browser test takes a picture of is shown to admins."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TAKEN = re.compile(r"\bpicture\(\w+, \"([a-z-]+)\"\)|\bshows\([^()]*, \"([a-z-]+)\"\)")


def test_every_picture_that_tests_take_of_the_pane_is_in_the_document() -> None:
    suites = (ROOT / "tests" / "browser").glob("test_*.py")
    taken = {
        one or other for path in suites for one, other in TAKEN.findall(path.read_text("utf-8"))
    }
    page = (ROOT / "docs" / "screen-pop.md").read_text("utf-8")
    shown = set(re.findall(r"\(images/([a-z-]+)\.png\)", page))
    assert len(taken) >= 15
    assert taken - shown == set()
    assert [
        name for name in shown if not (ROOT / "docs" / "images" / f"{name}.png").is_file()
    ] == []
