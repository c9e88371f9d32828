"""docs/architecture.md has every room and every web resource; its picture is what is drawn."""

import re
from itertools import combinations

from lxml import etree

from d365pop.build.contents import CIF, ENTRIES, STATIC
from d365pop.build.names import CIF_PAGE, FRAMEWORK_SCRIPT
from tests.architecture import ARROWS, BOXES, HEIGHT, PICTURE, WIDTH, Box, picture, rooms
from tests.workspace import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def test_picture_is_what_is_drawn() -> None:
    assert PICTURE.read_text("utf-8") == picture(), "run: python -m tests.architecture"
    etree.fromstring(picture().encode())


def test_every_room_in_it_is_there() -> None:
    assert [path for path in rooms() if not path.exists()] == []


def test_boxes_lie_in_the_picture_and_not_on_one_another() -> None:
    def apart(one: Box, other: Box) -> bool:
        beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        return beside or one.y + one.height <= other.y or other.y + other.height <= one.y

    assert all(b.x + b.width <= WIDTH and b.y + b.height <= HEIGHT for b in BOXES.values())
    assert [pair for pair in combinations(BOXES.values(), 2) if not apart(*pair)] == []


def test_everything_in_it_is_connected() -> None:
    ends = {name for start, _, end, _, _ in ARROWS for name in (start, end)}
    assert ends == set(BOXES)


def test_every_package_has_its_line_in_a_table() -> None:
    packages = {path.parent.name for path in (ROOT / "d365pop").glob("*/__init__.py")}
    cells = re.findall(r"^\| (`[a-z_`, ]+`) \|", PAGE, re.MULTILINE)
    assert packages - set(re.findall(r"`(\w+)`", " ".join(cells))) == set()


def test_every_web_resource_has_its_line() -> None:
    sources = (*(entry.source for entry in (*ENTRIES, CIF)), *(path for path, _, _ in STATIC))
    files = {source.rpartition("/")[2] for source in sources} | {CIF_PAGE}
    lines = re.findall(r"^\| `<prefix>_/screenpop/([\w.-]+)` \|", PAGE, re.MULTILINE)
    assert files - {FRAMEWORK_SCRIPT} - set(lines) == set()
